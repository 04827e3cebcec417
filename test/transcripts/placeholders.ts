/** What is another at each run, as something of the same width that is always the same. */
export function placeholders(text: string): string {
  return (
    text
      .replace(/\b\d{4}-\d\d-\d\d\b/g, "2026-01-02")
      .replace(/\b\d\d:\d\d:\d\d\b/g, "03:04:05")
      .replace(/(?<![\d:])\d\d:\d\d(?= UTC)/g, "03:04")
      .replace(/\b\d{10}\.\d{6}\b/g, "1700000000.000100")
      .replace(/\bp\d{16}\b/g, "p1700000000000100")
      // A time that a table cut.
      .replace(/(?<=:)1[78][\d.]*…/g, (cut) => `${"1700000000.000100".slice(0, cut.length - 1)}…`)
      .replace(/\b1[78]\d{11}\b/g, "1700000000000")
      .replace(/\b\d{19}\b/g, "1234567890123456789")
      .replace(/(?<=localhost:|127\.0\.0\.1:)\d{5}\b/g, "12345")
      .replace(/(?<=durationMs["=:]+)\d+/g, "4321")
      .replace(/(?<=costUsd["=:]+)0\.\d+/g, "0.0012")
      .replace(/\$0\.00\d\d\b/g, "$0.0012")
      .replace(/(?<=· )\d+s(?= ·)/g, "3s")
      .replace(/(?<=all )\d+(?= are applied)/g, "18")
      .replace(/(?<="version": )\d+/g, "2")
      .replace(/\b[0-9a-f]{7}(?= “)/g, "0123456")
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "01234567-89ab-4cde-8f01-23456789abcd")
      .replace(
        /(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|(?<=replay-)[0-9a-f]{16}|[0-9a-f]{8}(?!-))(?![0-9a-z])/g,
        (hex) => "0123456789abcdef".repeat(4).slice(0, hex.length),
      )
  );
}
