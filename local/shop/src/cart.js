import { normalize, percentageOf } from "./discounts.js";
import { findProduct } from "./products.js";

const freeShippingFrom = 5000;
const shippingPrice = 490;

export function createCart() {
  return { lines: [], codes: [] };
}

export function addToCart(cart, productId, quantity = 1) {
  if (!Number.isInteger(quantity) || quantity < 1) throw new RangeError("The quantity must be a whole number.");
  const { id, price } = findProduct(productId);
  const line = cart.lines.find((candidate) => candidate.id === id);
  if (line) line.quantity += quantity;
  else cart.lines.push({ id, price, quantity });
  return cart;
}

export function applyCode(cart, code) {
  if (percentageOf(code) === undefined) throw new Error(`The code "${code}" is not valid.`);
  cart.codes.push(normalize(code));
  return cart;
}

export function totals(cart) {
  const goods = cart.lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const percentage = cart.codes.reduce((sum, code) => sum + percentageOf(code), 0);
  const discount = Math.round((goods * Math.min(percentage, 100)) / 100);
  const shipping = goods === 0 || goods - discount >= freeShippingFrom ? 0 : shippingPrice;
  return { goods, discount, shipping, total: goods - discount + shipping };
}
