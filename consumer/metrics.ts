import type { Command } from "../shared/command.ts";
import { workspaceId } from "../shared/conversation.ts";
import { Failure } from "../shared/failure.ts";
import type { NotedEnding } from "./endings/note-end.ts";

/** What is counted, for dashboards. Nothing here throws, waits, or says what people wrote. */
export interface Metrics {
  commandEnded: (command: Command, ending: NotedEnding, endedBy: string, nowMs: number) => void;
  /** A source of evidence that did not answer, and how long it was waited for. */
  sourceFailed: (source: string, error: unknown, durationMs: number) => void;
}

/** What is used of an Analytics Engine dataset. */
export interface Dataset {
  writeDataPoint: (point: { indexes: string[]; blobs: string[]; doubles: number[] }) => void;
}

/**
 * Data points of Workers Analytics Engine; docs/operations.md says which column holds what. Columns are found by their position: a new
 * one comes last.
 */
export function createMetrics(dataset: Dataset): Metrics {
  return {
    commandEnded({ name, conversation, receivedAt }, { outcome, usage }, endedBy, nowMs) {
      const workspace = `${conversation.platform}:${workspaceId(conversation)}`;
      const durationMs = Math.max(0, nowMs - receivedAt);
      write(workspace, ["command", name, outcome, endedBy], [durationMs, usage?.costUsd ?? 0, usage?.turns ?? 0]);
    },
    sourceFailed(source, error, durationMs) {
      const code = error instanceof Failure ? error.code : error instanceof Error ? error.constructor.name : "unknown";
      write(source, ["source_failed", source, code], [durationMs]);
    },
  };

  function write(index: string, blobs: string[], doubles: number[]): void {
    try {
      // https://developers.cloudflare.com/analytics/analytics-engine/limits/: an index has 96 bytes.
      dataset.writeDataPoint({ indexes: [index.slice(0, maxIndexLength)], blobs, doubles });
    } catch {
      // A command is worth more than its data point.
    }
  }
}

const maxIndexLength = 96;
