import { PATTERN_LIMITS } from '../limits';
import type { Observation, ObservationExpression, Qualifier } from './ast';
import type { Budget } from './budget';
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
	budget: Budget,
): Alternative[] {
	const expand = (inner: ObservationExpression): Alternative[] => {
		switch (inner.kind) {
			case 'observation':
				return keepPossible([{ slots: [{ candidates: candidates(inner) }], orders: [], windows: [] }]);
			case 'observation-or':
				return union(inner.operands.map(expand));
			case 'observation-and':
			case 'followed-by':
				return product(inner.operands, expand, inner.kind === 'followed-by', observations.length, budget);
			case 'qualified':
				return inner.qualifiers.reduce(
					(all, qualifier) => qualify(all, qualifier, observations, budget),
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

/** An alternative that is being put together. */
interface Growing {
	slots: Slot[];
	orders: Array<{ left: Range; right: Range }>;
	windows: Array<Range & { span: bigint }>;
}

const nothingYet = (): Growing => ({ slots: [], orders: [], windows: [] });

function product(
	operands: readonly ObservationExpression[],
	expand: (node: ObservationExpression) => Alternative[],
	ordered: boolean,
	observations: number,
	budget: Budget,
): Alternative[] {
	let all = [nothingYet()];
	for (const node of operands) {
		const operand = expand(node);
		bound(all.length * operand.length, PATTERN_LIMITS.maxAlternatives, 'ways to choose between the operands of OR');
		const [only, ...others] = operand;
		if (only === undefined) return [];
		// What leaves no choice is added in place: copying it would cost the square of its length.
		if (others.length === 0) for (const one of all) append(one, only, ordered);
		else {
			budget.spend(
				all.reduce((sum, { slots, orders, windows }) => sum + slots.length + orders.length + windows.length, 0) *
					operand.length,
			);
			all = all.flatMap((left) =>
				operand.map((right) => {
					const copy = { slots: [...left.slots], orders: [...left.orders], windows: [...left.windows] };
					return append(copy, right, ordered);
				}),
			);
		}
		budget.spend(all.length);
		all = all.filter(({ slots }) => slots.length <= observations);
		// Nothing that follows can be satisfied any more.
		if (all.length === 0) return [];
		bound(Math.max(...all.map(({ slots }) => slots.length)), PATTERN_LIMITS.maxCombined, 'observations combined');
	}
	return all;
}

/** Puts an alternative behind what is there; `ordered`: no part of it begins before all of that has ended. */
function append(growing: Growing, next: Alternative, ordered: boolean): Growing {
	const by = growing.slots.length;
	const shift = ({ from, to }: Range): Range => ({ from: from + by, to: to + by });
	for (const slot of next.slots) {
		growing.slots.push(slot.copyOf === undefined ? slot : { ...slot, copyOf: slot.copyOf + by });
	}
	for (const { left, right } of next.orders) growing.orders.push({ left: shift(left), right: shift(right) });
	for (const window of next.windows) growing.windows.push({ ...shift(window), span: window.span });
	if (ordered && by > 0) {
		growing.orders.push({ left: { from: 0, to: by }, right: { from: by, to: growing.slots.length } });
	}
	return growing;
}

function qualify(
	alternatives: Alternative[],
	qualifier: Qualifier,
	observations: readonly ObservationView[],
	budget: Budget,
): Alternative[] {
	switch (qualifier.kind) {
		case 'start-stop': {
			const start = instantOf(qualifier.start.value)!;
			const stop = instantOf(qualifier.stop.value)!;
			const inside = ({ first, last }: ObservationView): boolean =>
				first !== undefined && last !== undefined && first >= start && last < stop;
			return keepPossible(
				alternatives.map((alternative) => filtered(alternative, (i) => inside(observations[i]!), budget)),
			);
		}
		case 'within': {
			const span = durationOf(qualifier.seconds.value);
			const brief = ({ first = 0n, last = first }: ObservationView): boolean => last - first < span;
			return keepPossible(
				alternatives.map((alternative) =>
					isSingle(alternative)
						? filtered(alternative, (i) => brief(observations[i]!), budget)
						: within(alternative, span, budget),
				),
			);
		}
		case 'repeats':
			return repeated(alternatives, qualifier.times.value, observations.length, budget);
	}
}

/** Of two windows over all of it the shorter counts. */
function within(alternative: Alternative, span: bigint, budget: Budget): Alternative {
	const { slots, windows } = alternative;
	budget.spend(windows.length);
	const last = windows.at(-1);
	const isAgain = last !== undefined && last.from === 0 && last.to === slots.length;
	const shortest = isAgain && last.span < span ? last.span : span;
	return {
		...alternative,
		windows: [...(isAgain ? windows.slice(0, -1) : windows), { from: 0, to: slots.length, span: shortest }],
	};
}

function filtered(alternative: Alternative, keep: (observation: number) => boolean, budget: Budget): Alternative {
	for (const { candidates } of alternative.slots) budget.spend(candidates.length);
	return {
		...alternative,
		slots: alternative.slots.map((slot) => ({ ...slot, candidates: slot.candidates.filter(keep) })),
	};
}

/** So many copies, each of any alternative. Zero copies, which the specification forbids, match nothing. */
function repeated(alternatives: Alternative[], times: bigint, observations: number, budget: Budget): Alternative[] {
	if (times === 1n) return alternatives;
	if (times === 0n || times > BigInt(observations)) return [];
	const count = Number(times);
	const all: Alternative[] = [];
	const chosen = nothingYet();
	const choose = (from: number, left: number): void => {
		budget.spend(1);
		if (chosen.slots.length + left > observations) return;
		if (left === 0) {
			budget.spend(chosen.slots.length + chosen.orders.length + chosen.windows.length);
			all.push({ slots: [...chosen.slots], orders: [...chosen.orders], windows: [...chosen.windows] });
			bound(all.length, PATTERN_LIMITS.maxAlternatives, 'ways to choose between the operands of OR');
			return;
		}
		if (from === alternatives.length) return;
		// The copies of one alternative stand together, so that only their number makes a difference.
		const copy = alternatives[from]!;
		const least = from === alternatives.length - 1 ? left : 0;
		const { slots, orders, windows } = chosen;
		const before = [slots.length, orders.length, windows.length] as const;
		for (let copies = 0; copies <= left; copies++) {
			if (copies >= least) choose(from + 1, left - copies);
			if (copies === left || slots.length + copy.slots.length > observations) break;
			bound(slots.length + copy.slots.length, PATTERN_LIMITS.maxCombined, 'observations combined');
			budget.spend(copy.slots.length + copy.orders.length + copy.windows.length);
			append(chosen, copies === 0 ? copy : marked(copy, -copy.slots.length), false);
		}
		[slots.length, orders.length, windows.length] = before;
	};
	choose(0, count);
	return all;
}

function marked(copy: Alternative, copyOf: number): Alternative {
	const [head, ...rest] = copy.slots;
	return { ...copy, slots: [{ ...head!, copyOf }, ...rest] };
}

function bound(count: number, limit: number, what: string): void {
	if (count <= limit) return;
	throw new PatternMatchError('PATTERN_TOO_COMPLEX', `The pattern requires more than ${limit} ${what}`, {
		hint: 'Split the pattern at its outermost OR, or lower the number of REPEATS.',
	});
}
