/** Prices are in cents. */
export const products = [
  { id: "mug", name: "Mug", price: 1250 },
  { id: "shirt", name: "T-shirt", price: 2400 },
  { id: "poster", name: "Poster", price: 995 },
];

export function findProduct(id) {
  const product = products.find((candidate) => candidate.id === id);
  if (!product) throw new Error(`There is no product "${id}".`);
  return product;
}
