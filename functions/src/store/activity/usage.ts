/** How much was asked of an owner's connections over time: calls and failures as counted, durations of some of them. */
import type { Firestore, Query } from 'firebase-admin/firestore';
import { storedCall } from '../audit.ts';
import { callsQuery, type IndexedFilter } from './listed-calls.ts';

/** Calls of a span of time, or of one tool or app; durations in milliseconds, null where nothing was called. */
export interface Use {
  calls: number;
  errors: number;
  p50: number | null;
  p95: number | null;
}

export interface Usage {
  slots: (Use & { at: Date })[];
  /** Those that were called most, the most called first. */
  tools: (Use & { tool: string })[];
  apps: (Use & { credentialId: string; label: string })[];
  /** Of how many calls of each slot the durations are, at most, and tools and apps were looked for: the latest ones. */
  sampledPerSlot: number;
  /** Whether those were all. */
  isWhole: boolean;
}

/** All of 10,000 calls in an hour. */
const SAMPLED_PER_SLOT = 400;
const MOST_GROUPS = 10;
const SAMPLED_FIELDS = ['tool', 'credentialId', 'credentialLabel', 'outcome', 'milliseconds'] as const;
const sampledCall = storedCall.pick({
  tool: true,
  credentialId: true,
  credentialLabel: true,
  outcome: true,
  milliseconds: true,
});
type SampledCall = ReturnType<typeof sampledCall.parse>;

/**
 * The use of an owner's connections from `since` to `until`, in slots of so many milliseconds.
 * Reads at most `SAMPLED_PER_SLOT` records of a slot; where there are more, all are counted (a read for a thousand).
 */
export async function readUsage(
  db: Firestore,
  ownerUid: string,
  filter: Omit<IndexedFilter, 'outcome'> & { since: Date; until: Date },
  slotMs: number,
): Promise<Usage> {
  const [start, end] = [filter.since.getTime(), filter.until.getTime()];
  const starts = Array.from({ length: Math.ceil((end - start) / slotMs) }, (_, n) => start + n * slotMs);
  const read = await Promise.all(
    starts.map(async (from) => {
      const since = new Date(from);
      const until = new Date(Math.min(from + slotMs, end));
      const of = { ...filter, since, until };
      const sample = await readSample(db, ownerUid, of);
      const isWhole = sample.length < SAMPLED_PER_SLOT;
      const counted = isWhole ? countedIn(sample) : await count(db, ownerUid, of);
      return { sample, isWhole, slot: { at: since, ...counted, ...durations(sample) } };
    }),
  );
  const samples = read.flatMap(({ sample }) => sample);
  const isWhole = read.every((slot) => slot.isWhole);
  const group = (by: 'tool' | 'credentialId') => {
    const most = [...Map.groupBy(samples, (call) => call[by])]
      .toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
      .slice(0, MOST_GROUPS);
    return Promise.all(
      most.map(async ([value, calls]) => {
        const counted = isWhole ? countedIn(calls) : await count(db, ownerUid, { ...filter, [by]: value });
        return { value, label: calls[0]?.credentialLabel ?? '', ...counted, ...durations(calls) };
      }),
    );
  };
  const [tools, apps] = await Promise.all([group('tool'), group('credentialId')]);
  return {
    slots: read.map(({ slot }) => slot),
    tools: mostCalledFirst(tools).map(({ value: tool, label: _, ...use }) => ({ tool, ...use })),
    apps: mostCalledFirst(apps).map(({ value: credentialId, ...use }) => ({ credentialId, ...use })),
    sampledPerSlot: SAMPLED_PER_SLOT,
    isWhole,
  };
}

/** The latest that came to an end. */
async function readSample(db: Firestore, ownerUid: string, filter: IndexedFilter): Promise<SampledCall[]> {
  const { docs } = await callsQuery(db, ownerUid, filter)
    .where('outcome', 'in', ['ok', 'error'])
    .orderBy('at', 'desc')
    .limit(SAMPLED_PER_SLOT)
    .select(...SAMPLED_FIELDS)
    .get();
  return docs.map((document) => sampledCall.parse(document.data()));
}

async function count(db: Firestore, ownerUid: string, filter: IndexedFilter) {
  const of = (outcome: 'ok' | 'error') => countOf(callsQuery(db, ownerUid, { ...filter, outcome }));
  const [ok, errors] = await Promise.all([of('ok'), of('error')]);
  return { calls: ok + errors, errors };
}

async function countOf(query: Query): Promise<number> {
  return (await query.count().get()).data().count;
}

function countedIn(calls: readonly SampledCall[]) {
  return { calls: calls.length, errors: calls.filter(({ outcome }) => outcome === 'error').length };
}

function durations(calls: readonly SampledCall[]) {
  const sorted = calls.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

/** The smallest value that so much of all is not above (nearest rank). */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function mostCalledFirst<Of extends Use>(uses: readonly Of[]): Of[] {
  return uses.toSorted((a, b) => b.calls - a.calls);
}
