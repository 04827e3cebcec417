import { createStore } from "./store.js";

export function createCart() {
  const { subscribe, set, update } = createStore([]);
  return {
    subscribe,
    add: (product) => update((lines) => [...lines, product]),
    clear: () => set([]),
  };
}

export const cart = createCart();
