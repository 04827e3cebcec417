/** A store by Svelte's contract: `$name` works with anything that has this `subscribe`. */
export function createStore(value) {
  const subscribers = [];

  function set(next) {
    value = next;
    subscribers.forEach((run) => run(value));
  }

  function subscribe(run) {
    const subscriber = (current) => run(current);
    subscribers.push(subscriber);
    run(value);
    return () => {
      const position = subscribers.indexOf(subscriber);
      if (position !== -1) subscribers.splice(position, 1);
    };
  }

  return { set, subscribe, update: (change) => set(change(value)) };
}
