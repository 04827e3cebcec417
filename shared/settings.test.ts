import { describe, it } from "vitest";
import { invalidSettings, readSettings, requiredByConsumer, serviceState } from "./settings.ts";

describe("settings", () => {
  it("take lists with commas or spaces, and leave braces whole", ({ expect }) => {
    const { BUGBOT_ALLOWED_PATHS: paths, BUGBOT_ALLOWED_REPOS: repos } = readSettings({
      BUGBOT_ALLOWED_PATHS: "src/** app/**, src/{a,b}.js",
      BUGBOT_ALLOWED_REPOS: " , acme/* ,",
    });
    expect(paths).toEqual(["src/**", "app/**", "src/{a,b}.js"]);
    expect(repos).toEqual(["acme/*"]);
  });

  it("fall back where a number is none, and name it", ({ expect }) => {
    expect(readSettings({ BUGBOT_MAX_USD: "five" }).BUGBOT_MAX_USD).toBe(5);
    expect(invalidSettings({ BUGBOT_MAX_USD: "five", BUGBOT_MAX_TURNS: "3" })).toEqual([
      "BUGBOT_MAX_USD must be a number above zero, not five",
    ]);
    expect(invalidSettings({})).toEqual([]);
  });

  it("know a service that is on, off or set up by half", ({ expect }) => {
    const required = ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"] as const;
    expect(serviceState(readSettings({}), required)).toEqual({ state: "off", turnOn: required });
    expect(serviceState(readSettings({ SLACK_BOT_TOKEN: "x", SLACK_SIGNING_SECRET: " " }), required)).toEqual({
      state: "incomplete",
      missing: ["SLACK_SIGNING_SECRET"],
    });
    expect(serviceState(readSettings({ SLACK_BOT_TOKEN: "x", SLACK_SIGNING_SECRET: "y" }), required)).toEqual({
      state: "on",
    });
  });

  it("know that GitHub is on by a token or by a whole App", ({ expect }) => {
    const state = (given: object) => serviceState(readSettings(given), ...requiredByConsumer.github);
    const [id, key] = [{ GITHUB_APP_ID: "1" }, { GITHUB_APP_PRIVATE_KEY: "key" }];
    expect([state({ GITHUB_TOKEN: "x" }), state({ ...id, ...key })]).toEqual([{ state: "on" }, { state: "on" }]);
    expect(state({})).toEqual({ state: "off", turnOn: ["GITHUB_TOKEN"] });
    expect(state(id)).toEqual({ state: "incomplete", missing: ["GITHUB_APP_PRIVATE_KEY"] });
    expect(state({ ...key, GITHUB_TOKEN: "x" })).toEqual({ state: "incomplete", missing: ["GITHUB_APP_ID"] });
  });
});
