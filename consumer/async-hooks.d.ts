/** What is used of it, as `nodejs_compat` has it: https://developers.cloudflare.com/workers/runtime-apis/nodejs/asynclocalstorage/ */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R;
    getStore(): T | undefined;
  }
}
