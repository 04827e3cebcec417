import { describe, it } from "vitest";
import { invalidSettings, readSettings, serviceState } from "./settings.ts";

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
    expect(invalidSettings({ GITHUB_APP_ID: "1" })).toEqual([
      expect.stringContaining("GITHUB_APP_ID is not supported yet"),
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
});
