/**
 * What answers may take of this process's memory while they arrive. A gateway is its owner's and may answer at length,
 * to many calls at once: what it sends must not cost the calls of others.
 */

/** Four answers of the longest kind. Most of IBKR's are a thousandth of that. */
const MOST_BYTES_OF_ALL = 8 * 1_048_576;

interface ArrivingAnswer {
  source: object;
  bytes: number;
  giveUp: () => void;
}

const arriving = new Set<ArrivingAnswer>();

/** One answer while it arrives. */
export interface Arrival {
  /** Counts bytes that came. Where all have too many, whoever sends most loses its longest answer. */
  add(bytes: number): void;
  /** It is whole, or will not be. */
  end(): void;
}

/**
 * An answer that begins to arrive.
 * @param source Where it comes from, the same for all answers from there.
 * @param giveUp Ends it, because there is no room for it.
 */
export function arrivalFrom(source: object, giveUp: () => void): Arrival {
  const answer: ArrivingAnswer = { source, bytes: 0, giveUp };
  arriving.add(answer);
  return {
    add(bytes) {
      answer.bytes += bytes;
      while (bytesOf(arriving) > MOST_BYTES_OF_ALL) giveUpOne();
    },
    end: () => arriving.delete(answer),
  };
}

function giveUpOne(): void {
  const bySource = Map.groupBy(arriving, ({ source }) => source);
  const heaviest = [...bySource.values()].reduce((most, answers) =>
    bytesOf(answers) > bytesOf(most) ? answers : most,
  );
  const longest = heaviest.reduce((most, answer) => (answer.bytes > most.bytes ? answer : most));
  arriving.delete(longest);
  longest.giveUp();
}

function bytesOf(answers: Iterable<ArrivingAnswer>): number {
  let sum = 0;
  for (const { bytes } of answers) sum += bytes;
  return sum;
}
