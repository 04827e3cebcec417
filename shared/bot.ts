/** Who makes bugbot's commits. */
export const bot = { name: "bugbot", email: "bugbot@users.noreply.github.com" };
