export { parseCookies } from "./parse-cookies.js";
export { serializeCookie } from "./serialize-cookie.js";
