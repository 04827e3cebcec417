/** What the Workers' own types name, for tests that run a part of the consumer in Node; nothing of it is there at run time. */
type D1Database = import("@cloudflare/workers-types").D1Database;
type D1PreparedStatement = import("@cloudflare/workers-types").D1PreparedStatement;
type Queue = import("@cloudflare/workers-types").Queue;
type KVNamespace = import("@cloudflare/workers-types").KVNamespace;
declare const scheduler: import("@cloudflare/workers-types").Scheduler;
declare namespace Rpc {
  type Serializable<T> = import("@cloudflare/workers-types").Rpc.Serializable<T>;
}
