import { describe, it } from "vitest";
import { rulesOf } from "./rules-of.ts";
import {
  wrongSettings,
  invalidSettings,
  readSettings,
  requiredByConsumer,
  secretsOf,
  serviceState,
} from "./settings.ts";

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
    expect(invalidSettings({ POSTHOG_PROJECT_ID: "phc_abc" })).toEqual([
      "POSTHOG_PROJECT_ID must be the number in the project's URL, not what looks like a key",
    ]);
    expect(invalidSettings({ POSTHOG_PROJECT_ID: "12" })).toEqual([]);
    expect(invalidSettings({ BUGBOT_MODEL: "gpt" })).toEqual(["BUGBOT_MODEL must be sonnet, opus, haiku, not gpt"]);
    expect(invalidSettings({ LINEAR_CHANNEL_TEAMS: "C0WEB=WEB, C0APP:APP" })).toEqual([
      "LINEAR_CHANNEL_TEAMS must hold channel=TEAM, not C0APP:APP",
    ]);
    expect(
      invalidSettings({ BUGBOT_REPO: "https://github.com/acme/shop", BUGBOT_ALLOWED_REPOS: "a/b.c, A-d/*, acme" }),
    ).toEqual([
      "BUGBOT_REPO must be owner/name, not https://github.com/acme/shop",
      "BUGBOT_ALLOWED_REPOS must hold owner/name, owner/* or *, not acme",
    ]);
    expect(invalidSettings({ BUGBOT_REPO: "acme/shop", BUGBOT_ALLOWED_REPOS: "*" })).toEqual([]);
    expect(invalidSettings({})).toEqual([]);
  });

  it("are told to everybody without what they hold, and to nobody with what may be a key", ({ expect }) => {
    const keys = ["phx_SECRETKEY", "xoxb-1-a", "lin_api_x", "sk-ant-x", "ghp_x", "0123456789abcdef01234567"];
    const names = ["BUGBOT_MAX_USD", "BUGBOT_MODEL", "BUGBOT_REPO", "POSTHOG_PROJECT_ID", "BUGBOT_APPROVAL"];
    const lists = ["BUGBOT_ALLOWED_REPOS", "LINEAR_CHANNEL_TEAMS", "BUGBOT_COAUTHORS"];
    for (const key of keys) {
      const env = Object.fromEntries([...names, ...lists].map((name) => [name, key]));
      const said = invalidSettings(env);
      expect(said.map((sentence) => sentence.split(" ")[0]).toSorted()).toEqual([...names, ...lists].toSorted());
      expect(said.join()).not.toContain(key);
    }
    const rules = wrongSettings({ BUGBOT_COAUTHORS: "alice@example.com", BUGBOT_MODEL: "gpt" }).map(({ rule }) => rule);
    expect(rules).toEqual(["BUGBOT_MODEL must be sonnet, opus, haiku", "BUGBOT_COAUTHORS must hold user=address"]);
  });

  it("hold for single repositories, each from the most specific that has it", ({ expect }) => {
    const settings = readSettings({
      BUGBOT_ALLOWED_PATHS: "src/**",
      BUGBOT_VERIFY: "npm test",
      BUGBOT_PROJECTS: JSON.stringify({
        "Acme/shop": { paths: ["lib/**"], model: "Opus" },
        "acme/*": { model: "haiku", registries: ["npm.acme.test:8443"] },
      }),
    });
    expect(rulesOf(settings, "acme/Shop")).toEqual({
      paths: ["lib/**"],
      verify: "npm test",
      model: "opus",
      registries: ["npm.acme.test:8443"],
    });
    expect(rulesOf(settings, "acme/other")).toMatchObject({ paths: ["src/**"], model: "haiku" });
    expect(rulesOf(settings, "acme2/shop")).toMatchObject({ paths: ["src/**"], model: "sonnet", registries: [] });
    expect(invalidSettings({ BUGBOT_PROJECTS: "{}" })).toEqual([]);
  });

  it.for([
    ["{", ['BUGBOT_PROJECTS must be a JSON object: {"owner/name": {"paths": ["src/**"]}}']],
    ["[]", ['BUGBOT_PROJECTS must be a JSON object: {"owner/name": {"paths": ["src/**"]}}']],
    ['{"acme": {}}', ['BUGBOT_PROJECTS "acme" must be owner/name or owner/*']],
    ['{"acme/a": {}, "Acme/A": {}}', ['BUGBOT_PROJECTS "Acme/A" is there twice']],
    ['{"acme/a": 5}', ['BUGBOT_PROJECTS "acme/a" must be an object with any of paths, verify, model, registries']],
    ['{"acme/a": {"path": ["x"]}}', ['BUGBOT_PROJECTS "acme/a": "path" is none of paths, verify, model, registries']],
    [
      '{"acme/a": {"paths": [], "verify": " ", "model": "value", "registries": ["https://value"]}, "b/*": {"paths": ["", ""]}}',
      [
        'BUGBOT_PROJECTS "acme/a": "paths" must be a list of one or more globs',
        'BUGBOT_PROJECTS "acme/a": "verify" must be a shell command',
        'BUGBOT_PROJECTS "acme/a": "model" must be sonnet, opus, haiku',
        'BUGBOT_PROJECTS "acme/a": "registries" must be a list of hosts',
        'BUGBOT_PROJECTS "b/*": "paths" must be a list of one or more globs',
      ],
    ],
  ] as const)("name key and field of what is wrong with a repository's: %s", ([json, faults], { expect }) => {
    expect(invalidSettings({ BUGBOT_PROJECTS: json })).toEqual(faults);
    expect(() => rulesOf(readSettings({ BUGBOT_PROJECTS: json }), "acme/a")).toThrow("not_configured");
  });

  it("let nothing through a month's limit that cannot be read", ({ expect }) => {
    expect(readSettings({ BUGBOT_MAX_USD_PER_USER_MONTH: "$5" }).BUGBOT_MAX_USD_PER_USER_MONTH).toBe(0);
    expect(readSettings({}).BUGBOT_MAX_USD_PER_USER_MONTH).toBeUndefined();
  });

  it("hold back every service's secret", ({ expect }) => {
    const settings = readSettings({ POSTHOG_API_KEY: "phx_secret", POSTHOG_PROJECT_ID: "1", LINEAR_API_KEY: "lin_x" });
    expect(secretsOf(settings)).toEqual(["lin_x", "phx_secret"]);
    expect(settings.POSTHOG_HOST).toBe("https://us.posthog.com");
    expect(readSettings({ POSTHOG_HOST: "https://eu.posthog.com/" }).POSTHOG_HOST).toBe("https://eu.posthog.com");
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
