import assert from "node:assert/strict";
import { test } from "node:test";
import { matchRoute } from "../src/match-route.js";
import { routes } from "../src/routes.js";

test("finds a page, with or without a slash at its end", () => {
  assert.deepEqual(matchRoute(routes, "/pricing"), { page: "pricing", params: {} });
  assert.deepEqual(matchRoute(routes, "/pricing/"), { page: "pricing", params: {} });
});

test("reads parameters", () => {
  assert.deepEqual(matchRoute(routes, "/blog/caf%C3%A9"), { page: "article", params: { slug: "café" } });
});

test("finds nothing where nothing is", () => {
  assert.equal(matchRoute(routes, "/blog"), undefined);
});
