export function addTodo(todos, title) {
  const id = Math.max(0, ...todos.map((todo) => todo.id)) + 1;
  return [...todos, { id, title: title.trim(), done: false }];
}

/** The todos that the list shows, in its order. */
export function visibleTodos(todos, filter) {
  if (filter === "all") return todos;
  return todos.filter(({ done }) => done === (filter === "done"));
}

/** Removes what stands at this position of the list. */
export function removeTodo(todos, filter, position) {
  return todos.filter((_, index) => index !== position);
}
