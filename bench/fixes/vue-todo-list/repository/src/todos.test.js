import assert from "node:assert/strict";
import { test } from "node:test";
import { addTodo, removeTodo, visibleTodos } from "./todos.js";

const todos = [
  { id: 1, title: "Milk", done: true },
  { id: 2, title: "Bread", done: false },
  { id: 3, title: "Eggs", done: false },
];
const titles = (list) => list.map(({ title }) => title);

test("adds with an id of its own", () => {
  assert.deepEqual(addTodo(todos, " Tea ").at(-1), { id: 4, title: "Tea", done: false });
});

test("shows what the filter names", () => {
  assert.deepEqual(titles(visibleTodos(todos, "open")), ["Bread", "Eggs"]);
  assert.deepEqual(titles(visibleTodos(todos, "done")), ["Milk"]);
});

test("removes what stands at a position", () => {
  assert.deepEqual(titles(removeTodo(todos, "all", 1)), ["Milk", "Eggs"]);
});
