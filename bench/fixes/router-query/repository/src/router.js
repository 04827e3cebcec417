import { matchRoute } from "./match-route.js";
import { routes } from "./routes.js";

/** Shows the page of an address, and keeps doing so as people click. */
export function startRouter(show) {
  const render = () => {
    const { pathname, search } = window.location;
    show(matchRoute(routes, pathname + search) ?? { page: "not-found", params: {} });
  };
  window.addEventListener("popstate", render);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/']");
    if (!link) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    render();
  });
  render();
}
