export const routes = [
  { path: "/", page: "home" },
  { path: "/pricing", page: "pricing" },
  { path: "/blog/:slug", page: "article" },
];
