import { PATTERN_LIMITS } from '../limits';
import type { Observation, ObservationExpression, Qualifier } from './ast';
import { PatternMatchError } from './errors';
import { durationOf, instantOf } from './instant';
import type { ObservationView } from './observations';

/** A slot that one observation has to fill. */
export interface Slot {
	/** Observations that satisfy it, as indices in order of time. */
	candidates: readonly number[];
	/** Where REPEATS put the same slots before: the first slot of the copy before this one. */
	copyOf?: number;
}

/** Slots `from` to before `to`. */
export interface Range {
	from: number;
	to: number;
}

/** One way to satisfy a pattern: each slot by an observation of its own. */
export interface Alternative {
	slots: readonly Slot[];
	/** Every observation of `left` ends no later than any of `right` begins (FOLLOWEDBY). */
	orders: ReadonlyArray<{ left: Range; right: Range }>;
	/** The observations of a range span less than so many nanoseconds (WITHIN). */
	windows: ReadonlyArray<Range & { span: bigint }>;
}

/** Indices of the observations that satisfy what stands inside one `[ ]`, in order of time. */
export type Candidates = (node: Observation) => readonly number[];

/**
 * Rewrites an observation expression without OR and qualifiers: slots, their order and their windows.
 * What no choice of observations can satisfy is left out.
 *
 * @throws PatternMatchError `PATTERN_TOO_COMPLEX`
 */
export function alternativesOf(
	node: ObservationExpression,
	observations: readonly ObservationView[],
	candidates: Candidates,
): Alternative[] {
	const expand = (inner: ObservationExpression): Alternative[] => {
		switch (inner.kind) {
			case 'observation':
				return keepPossible([{ slots: [{ candidates: candidates(inner) }], orders: [], windows: [] }]);
			case 'observation-or':
				return union(inner.operands.map(expand));
			case 'observation-and':
			case 'followed-by':
				return product(inner.operands.map(expand), inner.kind === 'followed-by', observations.length);
			case 'qualified':
				return inner.qualifiers.reduce(
					(all, qualifier) => qualify(all, qualifier, observations),
					expand(inner.operand),
				);
		}
	};
	return expand(node);
}

const isSingle = ({ slots }: Alternative): boolean => slots.length === 1;

function keepPossible(alternatives: Alternative[]): Alternative[] {
	return alternatives.filter(({ slots }) => slots.every((slot) => slot.candidates.length > 0));
}

/** Alternatives of one observation each are one alternative with all their candidates. */
function union(operands: Alternative[][]): Alternative[] {
	const all = operands.flat();
	const singles = all.filter(isSingle);
	if (singles.length < 2) return all;
	const merged = new Set<number>();
	for (const { slots } of singles) for (const candidate of slots[0]!.candidates) merged.add(candidate);
	const candidates = [...merged].sort((a, b) => a - b);
	return [{ slots: [{ candidates }], orders: [], windows: [] }, ...all.filter((alternative) => !isSingle(alternative))];
}

function product(operands: Alternative[][], ordered: boolean, observations: number): Alternative[] {
	let all: Alternative[] = [{ slots: [], orders: [], windows: [] }];
	for (const operand of operands) {
		bound(all.length * operand.length, PATTERN_LIMITS.maxAlternatives, 'ways to choose between the operands of OR');
		all = all.flatMap((left) =>
			operand.map((right) => {
				const joined = join(left, right);
				if (!ordered || left.slots.length === 0) return joined;
				return { ...joined, orders: [...joined.orders, orderBehind(left, right)] };
			}),
		);
		all = all.filter(({ slots }) => slots.length <= observations);
		bound(Math.max(0, ...all.map(({ slots }) => slots.length)), PATTERN_LIMITS.maxCombined, 'observations combined');
	}
	return all;
}

function orderBehind(left: Alternative, right: Alternative): { left: Range; right: Range } {
	const width = left.slots.length;
	return { left: { from: 0, to: width }, right: { from: width, to: width + right.slots.length } };
}

function join(left: Alternative, right: Alternative): Alternative {
	const by = left.slots.length;
	const shift = ({ from, to }: Range): Range => ({ from: from + by, to: to + by });
	return {
		slots: [
			...left.slots,
			...right.slots.map((slot) => (slot.copyOf === undefined ? slot : { ...slot, copyOf: slot.copyOf + by })),
		],
		orders: [...left.orders, ...right.orders.map((order) => ({ left: shift(order.left), right: shift(order.right) }))],
		windows: [...left.windows, ...right.windows.map((window) => ({ ...window, ...shift(window) }))],
	};
}

function qualify(
	alternatives: Alternative[],
	qualifier: Qualifier,
	observations: readonly ObservationView[],
): Alternative[] {
	switch (qualifier.kind) {
		case 'start-stop': {
			const start = instantOf(qualifier.start.value)!;
			const stop = instantOf(qualifier.stop.value)!;
			const inside = ({ first, last }: ObservationView): boolean =>
				first !== undefined && last !== undefined && first >= start && last < stop;
			return keepPossible(alternatives.map((alternative) => filtered(alternative, (i) => inside(observations[i]!))));
		}
		case 'within': {
			const span = durationOf(qualifier.seconds.value);
			const brief = ({ first = 0n, last = first }: ObservationView): boolean => last - first < span;
			return keepPossible(
				alternatives.map((alternative) =>
					isSingle(alternative)
						? filtered(alternative, (i) => brief(observations[i]!))
						: { ...alternative, windows: [...alternative.windows, { from: 0, to: alternative.slots.length, span }] },
				),
			);
		}
		case 'repeats':
			return repeated(alternatives, qualifier.times.value, observations.length);
	}
}

function filtered(alternative: Alternative, keep: (observation: number) => boolean): Alternative {
	return {
		...alternative,
		slots: alternative.slots.map((slot) => ({ ...slot, candidates: slot.candidates.filter(keep) })),
	};
}

/** So many copies, each of any alternative. Zero copies, which the specification forbids, match nothing. */
function repeated(alternatives: Alternative[], times: bigint, observations: number): Alternative[] {
	if (times === 1n) return alternatives;
	if (times === 0n || times > BigInt(observations)) return [];
	const count = Number(times);
	const all: Alternative[] = [];
	const choose = (from: number, left: number, chosen: Alternative): void => {
		if (chosen.slots.length + left > observations) return;
		if (left === 0) {
			all.push(chosen);
			bound(all.length, PATTERN_LIMITS.maxAlternatives, 'ways to choose between the operands of OR');
			return;
		}
		if (from === alternatives.length) return;
		// The copies of one alternative stand together, so that only their number makes a difference.
		const copy = alternatives[from]!;
		const least = from === alternatives.length - 1 ? left : 0;
		let next = chosen;
		for (let copies = 0; copies <= left; copies++) {
			if (copies >= least) choose(from + 1, left - copies, next);
			if (copies === left || next.slots.length + copy.slots.length > observations) break;
			bound(next.slots.length + copy.slots.length, PATTERN_LIMITS.maxCombined, 'observations combined');
			next = copies === 0 ? join(next, copy) : join(next, marked(copy, -copy.slots.length));
		}
	};
	choose(0, count, { slots: [], orders: [], windows: [] });
	return all;
}

function marked(copy: Alternative, copyOf: number): Alternative {
	const [head, ...rest] = copy.slots;
	return { ...copy, slots: [{ ...head!, copyOf }, ...rest] };
}

function bound(count: number, limit: number, what: string): void {
	if (count <= limit) return;
	throw new PatternMatchError('PATTERN_TOO_COMPLEX', `The pattern asks for more than ${limit} ${what}`, {
		hint: 'Split the pattern at its outermost OR, or lower the number of REPEATS.',
	});
}
