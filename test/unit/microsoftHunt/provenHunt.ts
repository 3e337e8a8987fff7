import fc from 'fast-check';
import { HuntError } from '../../../lib/hunt';
import { matchPattern } from '../../../lib/pattern';
import {
	edges,
	FROM,
	holds,
	HOUR,
	joined,
	printed,
	timestamp,
	trees,
	windowAt,
	windows,
	type Tree,
} from './comparisons';

/** A place where messages are hunted, as the proof sees it. */
export interface Proven<Delivery, Switches> {
	/** Comparisons on everything that its rows show. */
	leaf: fc.Arbitrary<string>;
	/** Comparisons of which two together hold only for what several rows of a delivery say. */
	late?: fc.Arbitrary<string>;
	/** What is to be found. */
	deliveries: fc.Arbitrary<Delivery[]>;
	/** What its pages leave open. */
	switches: fc.Arbitrary<Switches>;
	/** Epoch milliseconds. */
	timeOf(delivery: Delivery): number;
	/** Everything that is true of a delivery, as the evaluator reads it; its id is the key. */
	knowledgeOf(delivery: Delivery): object;
	keyOf(delivery: Delivery): string;
	/** Keys of what each of the patterns finds, hunted together: complete, or an error. Where one cannot be planned, its error. */
	hunted(patterns: readonly string[], all: Delivery[], how: Switches): Promise<Array<string[] | Error>>;
	/** Cases of each property, and how many messages at least they find in all. */
	cases: Record<'trees' | 'edges' | 'joined' | 'together', { runs: number; found: number }>;
}

const TIMEOUT = 240_000;
const windowText = ([start, stop]: readonly [number, number]): string =>
	`START ${timestamp(start)} STOP ${timestamp(stop)}`;

/**
 * The proof: for any pattern and any messages, a hunt returns exactly the messages of which the evaluator of patterns says that they
 * match, whatever the service does where its pages are silent.
 */
export function huntEqualsEvaluator<Delivery, Switches>(place: string, proven: Proven<Delivery, Switches>): void {
	const { leaf, late, deliveries, switches, timeOf, knowledgeOf, keyOf, hunted, cases } = proven;
	const due = (all: readonly Delivery[], [start, stop]: readonly [number, number]) =>
		all.filter((one) => timeOf(one) >= start && timeOf(one) < stop);
	const wantedOf = (tree: Tree, all: readonly Delivery[], window: readonly [number, number]): string[] =>
		due(all, window)
			.filter((one) => holds(tree, knowledgeOf(one)))
			.map(keyOf)
			.sort();
	/** What one pattern finds; the code of the refusal where it cannot be hunted. */
	const huntOne = async (pattern: string, all: Delivery[], how: Switches): Promise<string[] | string> => {
		const [result] = await hunted([pattern], all, how);
		if (result instanceof HuntError) return result.code;
		if (result instanceof Error) throw result;
		return result!.sort();
	};

	/** Counts what was found in all cases of a property, and demands that it is enough to prove something. */
	const proves = async (
		{ runs, found: least }: { runs: number; found: number },
		property: (count: (found: number) => void) => fc.IAsyncProperty<unknown>,
	): Promise<void> => {
		let found = 0;
		await fc.assert(
			property((more) => (found += more)),
			{ numRuns: runs },
		);
		expect(found).toBeGreaterThan(least);
	};

	describe(`a hunt in ${place} returns the messages that match the pattern, all of them and no others`, () => {
		it(
			'whatever comparisons stand inside one observation',
			async () => {
				let refused = 0;
				await proves(cases.trees, (count) =>
					fc.asyncProperty(trees(leaf), windows, deliveries, switches, async (tree, window, all, how) => {
						const result = await huntOne(`[${printed(tree)}] ${windowText(window)}`, all, how);
						if (typeof result === 'string') {
							refused++;
							return;
						}
						const wanted = wantedOf(tree, all, window);
						expect(result).toEqual(wanted);
						count(wanted.length);
					}),
				);
				expect(refused).toBeLessThan(20);
			},
			TIMEOUT,
		);

		it(
			'one or two comparisons, whenever the window begins and ends',
			async () => {
				const one = leaf.map((text): Tree => ({ leaf: text }));
				const two = (of: fc.Arbitrary<string>) =>
					fc.tuple(of, of).map((texts): Tree => ({ operator: 'AND', operands: texts.map((text) => ({ leaf: text })) }));
				const few = late === undefined ? one : fc.oneof(one, two(late));
				await proves(cases.edges, (count) =>
					fc.asyncProperty(few, edges, deliveries, switches, async (tree, edge, all, how) => {
						const window = windowAt(all.map(timeOf), edge);
						const wanted = wantedOf(tree, all, window);
						expect(await huntOne(`[${printed(tree)}] ${windowText(window)}`, all, how)).toEqual(wanted);
						count(wanted.length);
					}),
				);
			},
			TIMEOUT,
		);

		it(
			'whatever joins and qualifies the observations',
			async () => {
				let refused = 0;
				await proves(cases.joined, (count) =>
					fc.asyncProperty(joined(leaf), deliveries, switches, async (pattern, all, how) => {
						const result = await huntOne(pattern, all, how);
						// Windows of which one begins when the other has ended.
						if (result === 'HUNT_WINDOW_INVALID') {
							refused++;
							return;
						}
						const known = due(all, [FROM, FROM + HOUR]).map(knowledgeOf);
						const { observations } = matchPattern(pattern, known);
						expect(result).toEqual([...observations].sort());
						count(observations.length);
					}),
				);
				expect(refused).toBeLessThan(cases.joined.runs / 4);
			},
			TIMEOUT,
		);

		it(
			'and so does each of several hunts that share what they ask',
			async () => {
				const patterns = fc.array(fc.array(leaf, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 });
				const window = [FROM, FROM + HOUR] as const;
				await proves(cases.together, (count) =>
					fc.asyncProperty(patterns, deliveries, switches, async (lists, all, how) => {
						const texts = lists.map((leaves) => `[${leaves.join(' OR ')}] ${windowText(window)}`);
						const results = await hunted(texts, all, how);
						lists.forEach((leaves, index) => {
							const tree: Tree = { operator: 'OR', operands: leaves.map((text) => ({ leaf: text })) };
							const wanted = wantedOf(tree, all, window);
							const result = results[index]!;
							if (result instanceof Error) throw result;
							expect(result.sort()).toEqual(wanted);
							count(wanted.length);
						});
					}),
				);
			},
			TIMEOUT,
		);
	});
}
