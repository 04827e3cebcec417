import { describe, it } from "vitest";
import { rulesOf } from "./rules-of.ts";
import { readSettings, requiredByConsumer, secretsOf, serviceState } from "./settings.ts";
import { invalidSettings, wrongSettings } from "./wrong-settings.ts";

describe("settings", () => {
  it("take lists with commas or spaces, and leave braces whole", ({ expect }) => {
    const { BUGBOT_ALLOWED_PATHS: paths, BUGBOT_ALLOWED_REPOS: repos } = readSettings({
      BUGBOT_ALLOWED_PATHS: "src/** app/**, src/{a,{b,c},d}.js",
      BUGBOT_ALLOWED_REPOS: " , acme/* ,",
    });
    expect(paths).toEqual(["src/**", "app/**", "src/{a,{b,c},d}.js"]);
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

  it.for<[Record<string, unknown>, string[]]>([
    [{ SLACK_BOT_TOKN: "xoxb-1" }, ["SLACK_BOT_TOKN is no setting, and is probably meant to be SLACK_BOT_TOKEN"]],
    [{ slack_bot_token: "x" }, ["slack_bot_token is no setting, and is probably meant to be SLACK_BOT_TOKEN"]],
    [{ "LINEAR-API-KEY": "x" }, ["LINEAR-API-KEY is no setting, and is probably meant to be LINEAR_API_KEY"]],
    [
      { BUGBOT_ALOWED_REPO: "a/b" },
      ["BUGBOT_ALOWED_REPO is no setting, and is probably meant to be BUGBOT_ALLOWED_REPOS"],
    ],
    [{ GITHBU_TOKEN: "x" }, ["GITHBU_TOKEN is no setting, and is probably meant to be GITHUB_TOKEN"]],
    [{ ANTROPHIC_API_KEY: "x" }, ["ANTROPHIC_API_KEY is no setting, and is probably meant to be ANTHROPIC_API_KEY"]],
    [{ GITLAB_TOKEN: "x", GITLAB_URL: "https://gitlab.test", GITEA_URL: "x" }, []],
    [{ BUGBOT_REPOSITORIES: "a/b" }, ["BUGBOT_REPOSITORIES is no setting of bugbot"]],
    [{ DB: {}, BUGBOT_KV: {}, SLACK_APP_TOKEN: "x", HOME: "/", BUGBOT_PORT: "1", BUGBOT_MAX_USDD: " " }, []],
    [{ BUGBOT_MAX_USD: 3, BUGBOT_ALLOWED_REPOS: ["a/b"] }, ["BUGBOT_ALLOWED_REPOS must be text"]],
  ])("misspelled or of another kind are named: %j", ([given, said], { expect }) => {
    expect(invalidSettings(given)).toEqual(said);
  });

  it("that make no sense are all named, and those that do are not", ({ expect }) => {
    const wrong = {
      SLACK_SIGNING_SECRET: '"abc"',
      SLACK_BOT_TOKEN: "xapp-1",
      DISCORD_PUBLIC_KEY: "abc",
      DISCORD_APPLICATION_ID: "bugbot",
      DISCORD_BOT_TOKEN: "Bot abc",
      DISCORD_MENTIONS: "no",
      LINEAR_TEAM_KEY: "Web team",
      GITHUB_APP_ID: "my-app",
      GITHUB_API_URL: "api.github.com",
      POSTHOG_API_KEY: "phc_1",
      POSTHOG_HOST: "eu.posthog.com",
      EVIDENCE_SHOW_EMAILS: "yes",
      BUGBOT_ALLOWED_WORKSPACES: "Acme",
      BUGBOT_ALLOWED_BOTS: "@flow",
      BUGBOT_OPERATORS: "@alice",
      BUGBOT_MAX_TURNS: "2.5",
      BUGBOT_MAX_MINUTES: "-1",
      BUGBOT_ALLOWED_REGISTRIES: "https://npm.acme.test/",
      BUGBOT_APPROVERS: "*",
      EXECUTOR_URL: "localhost:8080",
      BUGBOT_ALLOWED_PATHS: "src\\**",
    };
    const said = invalidSettings(wrong);
    expect(said.map((sentence) => sentence.split(" ")[0]).toSorted()).toEqual(Object.keys(wrong).toSorted());
    expect(said).toContain(
      "BUGBOT_ALLOWED_REGISTRIES must hold hosts, without https:// and without a path, not https://npm.acme.test/",
    );
    expect(readSettings(wrong).BUGBOT_MAX_TURNS).toBe(60);
    expect(said.join()).not.toMatch(/xapp-1|phc_1|Bot abc/);
    const right = {
      SLACK_BOT_TOKEN: "xoxb-1-a",
      DISCORD_PUBLIC_KEY: "0".repeat(64),
      DISCORD_MENTIONS: "On",
      GITHUB_APP_ID: "Iv23liAbc",
      POSTHOG_HOST: "https://eu.posthog.com/",
      BUGBOT_ALLOWED_WORKSPACES: "T0ACME,E0ORG,1100000000000000001,@me,*",
      BUGBOT_ALLOWED_BOTS: "B0FLOW,U0BOT,110",
      BUGBOT_OPERATORS: "U0OPS,W0OPS,*",
      BUGBOT_MAX_TURNS: "20",
      BUGBOT_ALLOWED_REGISTRIES: "npm.acme.test:8443",
      SESSION_TTL_DAYS: "0.5",
    };
    expect(invalidSettings(right)).toEqual([]);
  });

  it.for([
    ["!src/secret/**", "must allow something before it excludes"],
    ["src/**,!src", "must allow something that it does not exclude again"],
    ["src/a,lib/*.ts,!**", "must allow something that it does not exclude again"],
    ["!", "must name something: ** is everything, not !"],
    ["src\\lib", "must have / between folders and no backslash, not src\\lib"],
    ["../lib/**", "must stay in the repository, without .., not ../lib/**"],
    ...[
      "src/**,!*",
      "src/**,!src/*",
      "src/a.ts,!*.ts",
      "src/*/*.ts,!src/*",
      "[0-9].ts,!?.ts",
      "**,!/*",
      "src/+(a|b),!src/?",
    ].map((paths) => [paths, "must allow something that it does not exclude again"] as const),
    ...[".gi?hub/**", ".[f-h]ithub/**", "**/.claude/*.json", "CODE?WNERS"].map(
      (paths) => [paths, `must not name what bugbot never changes, not ${paths}`] as const,
    ),
    ...["src/**;lib/**", "'src/**'", '["src/**"]', "src/**|lib/**", "`src`"].map(
      (paths) =>
        [paths, `must be one pattern, without quotes, and without , ; or | but in brackets, not ${paths}`] as const,
    ),
    ...["{src/**,!src/secret/**}", "src/**!src/secret/**", "{src/**,!(secret)/**}", "src/a!b.ts"].map(
      (paths) => [paths, `must be one pattern, and have ! at its start alone, not ${paths}`] as const,
    ),
    ["http://x/src", "must be a path, and have no :, not http://x/src"],
    ["src/**,!src/{a..c}/**", "must have two whole numbers beside .. in braces, as {1..3}, not !src/{a..c}/**"],
    ["src/**,!src/[[:digit:]]*", "must have characters in its brackets, as [0-9], and no [:…:], not !src/[[:digit:]]*"],
    ["src/**,!src/[z-a]", "must have its ranges upwards, as [0-9], not !src/[z-a]"],
    ["src/**,!src/[*]x", "must have nothing but characters in its brackets, as [0-9], not !src/[*]x"],
    [
      "src/**,!src/+(a|@(b|+(c)))",
      "must have no braces, and no third group, inside of +(…), *(…) or !(…), not !src/+(a|@(b|+(c)))",
    ],
    ["src/**,!{src/secret/**}", "must have a comma between what its braces hold, not !{src/secret/**}"],
    ["src/**,!src/(a", "must close each bracket that it opens, in the same name, not !src/(a"],
    ["{..,src}/**", "must stay in the repository, without .., not {..,src}/**"],
    ["/Users/alice/shop", "must count from the repository's root, not a machine's, not /Users/alice/shop"],
    ["/home/alice/shop/src/**", "must count from the repository's root, not a machine's, not /home/alice/shop/src/**"],
    ["C:/shop/src", "must count from the repository's root, not a machine's, not C:/shop/src"],
    [".github/**", "must not name what bugbot never changes, not .github/**"],
    ["**/{CODEOWNERS,.mcp.json}", "must not name what bugbot never changes, not **/{CODEOWNERS,.mcp.json}"],
    ["src/{a,b", "must close each { that it opens, not src/{a,b"],
    ["!(secret)/**", "must begin with one !, and not with !( where !/( is meant, not !(secret)/**"],
    ["{1..999}/x", "must stand for at most 200 paths, not {1..999}/x"],
  ] as const)("hold no allowed path that can match nothing: %s", ([paths, must], { expect }) => {
    const given = { BUGBOT_ALLOWED_PATHS: paths };
    expect(invalidSettings(given)).toEqual([`BUGBOT_ALLOWED_PATHS ${must}`]);
    expect(() => rulesOf(readSettings(given), "acme/a")).toThrow("BUGBOT_ALLOWED_PATHS cannot be read");
    const projects = { BUGBOT_PROJECTS: JSON.stringify({ "acme/a": { paths: ["lib/{a,b}/**", "src/../x"] } }) };
    expect(wrongSettings(projects)).toEqual([
      { rule: 'BUGBOT_PROJECTS "acme/a": "paths" must stay in the repository, without ..', value: "src/../x" },
    ]);
  });

  it.for([
    ["src/**,!src/secret/**", "must be one pattern, and have ! at its start alone"],
    ["src/**,lib/**", "must be one pattern, without quotes, and without , ; or | but in brackets"],
    ["src/** !src/secret/**", "must be one pattern, and have ! at its start alone"],
    ["src/** lib/**", "must be one pattern, without quotes, and without , ; or | but in brackets"],
    ["src/[a", "must close each bracket that it opens, in the same name"],
  ] as const)("hold one pattern in each string of a repository's: %s", ([pattern, must], { expect }) => {
    const given = { BUGBOT_PROJECTS: JSON.stringify({ "acme/a": { paths: [pattern] } }) };
    expect(wrongSettings(given)).toEqual([{ rule: `BUGBOT_PROJECTS "acme/a": "paths" ${must}`, value: pattern }]);
    expect(() => rulesOf(readSettings(given), "acme/a")).toThrow("BUGBOT_PROJECTS cannot be read");
  });

  it.for([
    "src/**,!src/secret/**,src/secret/ok.ts",
    "**,!.github/**",
    "!x,src",
    "src,docs/**,!docs",
    "app/[[...slug]]",
    "/users/**,/home/**,/private/**,/workspaces/**,/tmp,/root/x,/var/**,/home/*.ts,/home",
    "/users/settings/page.tsx",
    "app/{[...slug],(..)photo,[id]}/**",
    "src/*.ts,!src/[a-z]*",
    "src/**,!src/?",
    "src/v[0-9],!src/v[0-5]",
    "src/+(a|b).ts,!src/a.ts",
    "src/!(a)/**,!src/b",
    "**/*.ts,!*.test.ts,!*.d.ts",
    ".g*/**,.env*",
  ])("take %s for allowed paths", (paths, { expect }) => {
    expect(invalidSettings({ BUGBOT_ALLOWED_PATHS: paths })).toEqual([]);
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
