// Takes what is on the queue and does nothing with it.
export default { queue() {} };
