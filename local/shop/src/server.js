import { createServer } from "node:http";
import { addToCart, applyCode, createCart, totals } from "./cart.js";
import { products } from "./products.js";

const cart = createCart();

function answer(method, { pathname, searchParams }) {
  switch (`${method} ${pathname}`) {
    case "GET /products":
      return products;
    case "POST /cart/lines":
      return totals(addToCart(cart, searchParams.get("product"), Number(searchParams.get("quantity") ?? 1)));
    case "POST /cart/codes":
      return totals(applyCode(cart, searchParams.get("code") ?? ""));
    case "GET /cart":
      return { ...cart, ...totals(cart) };
    default:
      throw new Error("There is nothing here.");
  }
}

createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  try {
    response.end(JSON.stringify(answer(request.method, new URL(request.url, "http://shop"))));
  } catch (error) {
    response.writeHead(400).end(JSON.stringify({ error: error.message }));
  }
}).listen(3000);
