import type { Alternative, Range } from './alternatives';
import type { Budget } from './budget';
import type { ObservationView } from './observations';

/**
 * The observations (as indices in order of time) that take part in at least one way to fill all slots of an alternative,
 * each with an observation of its own.
 *
 * Without order and windows that is a bipartite matching, in polynomial time. With them: candidates that find no partner are
 * dropped first, then a search over the slots from left to right, in order of time, with bounds by binary search; copies
 * that REPEATS made are not permuted. The search is exact; its steps count against the budget.
 *
 * @throws PatternMatchError `PATTERN_TOO_COMPLEX`
 */
export function participants(
	alternative: Alternative,
	observations: readonly ObservationView[],
	budget: Budget,
): Set<number> {
	const { slots, orders, windows } = alternative;
	if (
		!canFill(
			slots.map(({ candidates }) => candidates),
			budget,
		)
	)
		return new Set();
	if (orders.length === 0 && windows.length === 0) {
		const all = new Set<number>();
		// Copies that REPEATS made share their candidates.
		for (const candidates of new Set(slots.map((slot) => slot.candidates))) {
			budget.spend(candidates.length);
			for (const candidate of candidates) all.add(candidate);
		}
		return all;
	}
	return new Search(alternative, observations, budget).run();
}

/**
 * Whether each slot can have an observation of its own (Kuhn's augmenting paths). If so, every candidate takes part in one
 * filling: it is used, or it can replace the one in its slot.
 */
function canFill(slots: ReadonlyArray<readonly number[]>, budget: Budget): boolean {
	if (slots.every(({ length }) => length >= slots.length)) return true;
	const slotOf = new Map<number, number>();
	const place = (slot: number, seen: Set<number>): boolean => {
		const candidates = slots[slot]!;
		budget.spend(candidates.length);
		const free = candidates.find((candidate) => !slotOf.has(candidate));
		if (free !== undefined) {
			slotOf.set(free, slot);
			return true;
		}
		for (const candidate of candidates) {
			if (seen.has(candidate)) continue;
			seen.add(candidate);
			if (place(slotOf.get(candidate)!, seen)) {
				slotOf.set(candidate, slot);
				return true;
			}
		}
		return false;
	};
	return slots.every((_, slot) => place(slot, new Set()));
}

interface Bounds {
	/** Begins no earlier than. */
	earliest?: bigint;
	/** Ends before. */
	before?: bigint;
}

const contains = ({ from, to }: Range, slot: number): boolean => slot >= from && slot < to;
const later = (a: bigint | undefined, b: bigint): bigint => (a === undefined || b > a ? b : a);
const sooner = (a: bigint | undefined, b: bigint): bigint => (a === undefined || b < a ? b : a);

class Search {
	readonly #first: bigint[];
	readonly #last: bigint[];
	#candidates: ReadonlyArray<readonly number[]>;
	readonly #chosen: number[] = [];
	readonly #used = new Set<number>();
	/** Orders that a slot is on the right of, windows that it is in. */
	readonly #ordersOf: ReadonlyArray<readonly number[]>;
	readonly #windowsOf: ReadonlyArray<readonly number[]>;
	/** How many slots still have to take a later one of the same candidates (REPEATS). */
	readonly #copiesBehind: readonly number[];
	/** For each order, the latest end on its left; valid while its right side is being filled. */
	readonly #leftEnd: bigint[] = [];
	/** For each window and slot, the earliest begin and latest end of the slots of the window so far. */
	readonly #spans: Array<Array<{ first: bigint; last: bigint }>>;

	readonly #alternative: Alternative;
	readonly #budget: Budget;

	constructor(alternative: Alternative, observations: readonly ObservationView[], budget: Budget) {
		this.#alternative = alternative;
		this.#budget = budget;
		const { slots, orders, windows } = alternative;
		budget.spend(slots.length * (1 + 2 * orders.length + windows.length));
		this.#first = observations.map(({ first = 0n }) => first);
		this.#last = observations.map(({ first = 0n, last = first }) => last);
		this.#ordersOf = slots.map((_, slot) => orders.flatMap(({ right }, i) => (contains(right, slot) ? [i] : [])));
		this.#windowsOf = slots.map((_, slot) => windows.flatMap((window, i) => (contains(window, slot) ? [i] : [])));
		this.#spans = windows.map(() => []);
		const copiesBehind = slots.map(() => 0);
		for (let slot = slots.length - 1; slot >= 0; slot--) {
			const { copyOf } = slots[slot]!;
			if (copyOf !== undefined) copiesBehind[copyOf] = Math.max(copiesBehind[copyOf]!, copiesBehind[slot]! + 1);
		}
		this.#copiesBehind = copiesBehind;
		// Where time counts, observations without a time have no place, nor those that outlast a window by themselves.
		const fits = (slot: number, i: number): boolean =>
			observations[i]!.first !== undefined &&
			this.#windowsOf[slot]!.every((window) => this.#last[i]! - this.#first[i]! < windows[window]!.span);
		const timed = (slot: number): boolean =>
			this.#windowsOf[slot]!.length > 0 ||
			orders.some(({ left, right }) => contains(left, slot) || contains(right, slot));
		this.#candidates = slots.map(({ candidates }, slot) => {
			const fitting = timed(slot) ? candidates.filter((i) => fits(slot, i)) : candidates;
			return fitting.length === candidates.length ? candidates : fitting;
		});
	}

	run(): Set<number> {
		const found = new Set<number>();
		this.#prune();
		const candidates = this.#candidates;
		if (!canFill(candidates, this.#budget)) return found;
		if (!this.#fill(0, [], undefined)) return found;
		for (const observation of this.#chosen) found.add(observation);
		for (const [slot, own] of candidates.entries()) {
			// What a copy can take, the copy before it can take as well.
			if (this.#isInLaterCopy(slot)) continue;
			for (const observation of own) {
				if (found.has(observation)) continue;
				this.#budget.spend(candidates.length);
				this.#candidates = candidates.map((all, i) => (i === slot ? [observation] : all));
				if (this.#fill(0, this.#boundsAround(slot, observation), slot))
					for (const other of this.#chosen) found.add(other);
			}
		}
		return found;
	}

	#isInLaterCopy(slot: number): boolean {
		this.#budget.spend(this.#alternative.slots.length);
		return this.#alternative.slots.some(
			({ copyOf }, i) => copyOf !== undefined && slot >= i && slot < i + (i - copyOf),
		);
	}

	/** Drops candidates that find no partner in another slot. A help only: some rounds do nearly all. */
	#prune(): void {
		const { orders, windows } = this.#alternative;
		for (let changed = true; changed;) {
			changed = false;
			const keep = (slot: number, test: (observation: number) => boolean): void => {
				const before = this.#candidates[slot]!;
				this.#budget.spend(before.length);
				const after = before.filter(test);
				if (after.length === before.length) return;
				changed = true;
				this.#candidates = this.#candidates.map((all, i) => (i === slot ? after : all));
			};
			for (const { left, right } of orders) {
				const latest = this.#extreme(right, (all) => this.#first[all.at(-1)!]!, sooner);
				const earliest = this.#extreme(
					left,
					(all) => all.reduce((end: bigint | undefined, i) => sooner(end, this.#last[i]!), undefined)!,
					later,
				);
				if (latest === undefined || earliest === undefined) return;
				for (let slot = left.from; slot < left.to; slot++) keep(slot, (i) => this.#last[i]! <= latest);
				for (let slot = right.from; slot < right.to; slot++) keep(slot, (i) => this.#first[i]! >= earliest);
			}
			for (const window of windows) if (this.#pruneWindow(window)) changed = true;
			if (this.#candidates.some(({ length }) => length === 0)) return;
		}
	}

	/** Slots that share their candidates (REPEATS makes many) are looked at once. */
	#pruneWindow({ from, to, span }: Range & { span: bigint }): boolean {
		const distinct = [...new Set(this.#candidates.slice(from, to))];
		const kept = new Map<readonly number[], readonly number[]>();
		for (const own of distinct) {
			this.#budget.spend(own.length * distinct.length);
			const partnered = own.filter((i) =>
				distinct.every(
					(others) => others === own || this.#hasPartner(others, this.#last[i]! - span, this.#first[i]! + span),
				),
			);
			if (partnered.length < own.length) kept.set(own, partnered);
		}
		if (kept.size === 0) return false;
		this.#candidates = this.#candidates.map((own, i) => (i >= from && i < to ? (kept.get(own) ?? own) : own));
		return true;
	}

	/** Whether one of them begins after one moment and before another: all that a window can say before both are chosen. */
	#hasPartner(partners: readonly number[], after: bigint, before: bigint): boolean {
		const at = this.#lowerBound(partners, after + 1n);
		return at < partners.length && this.#first[partners[at]!]! < before;
	}

	#extreme(
		range: Range,
		of: (candidates: readonly number[]) => bigint,
		choose: (a: bigint | undefined, b: bigint) => bigint,
	): bigint | undefined {
		let result: bigint | undefined;
		for (let slot = range.from; slot < range.to; slot++) {
			const all = this.#candidates[slot]!;
			if (all.length === 0) return undefined;
			this.#budget.spend(all.length);
			result = choose(result, of(all));
		}
		return result;
	}

	/** What an observation in one slot leaves for the others. */
	#boundsAround(slot: number, observation: number): Bounds[] {
		const first = this.#first[observation]!;
		const last = this.#last[observation]!;
		const bounds: Bounds[] = this.#alternative.slots.map(() => ({}));
		this.#budget.spend(this.#alternative.orders.length + this.#alternative.windows.length);
		const narrow = ({ from, to }: Range, earliest?: bigint, before?: bigint): void => {
			this.#budget.spend(to - from);
			for (let i = from; i < to; i++) {
				if (i === slot) continue;
				const bound = bounds[i]!;
				if (earliest !== undefined) bound.earliest = later(bound.earliest, earliest);
				if (before !== undefined) bound.before = sooner(bound.before, before);
			}
		};
		for (const { left, right } of this.#alternative.orders) {
			if (contains(left, slot)) narrow(right, last);
			if (contains(right, slot)) narrow(left, undefined, first + 1n);
		}
		for (const window of this.#alternative.windows) {
			if (contains(window, slot)) narrow(window, last - window.span + 1n, first + window.span);
		}
		return bounds;
	}

	/** Fills the slots from `slot` on; true when all are filled, with what is in `chosen`. */
	#fill(slot: number, bounds: readonly Bounds[], fixed: number | undefined): boolean {
		if (slot === 0) this.#used.clear();
		if (slot === this.#candidates.length) return true;
		const { earliest, before } = this.#boundsAt(slot, bounds[slot] ?? {});
		const candidates = this.#candidates[slot]!;
		const behind = this.#copiedIndex(slot, fixed);
		const end = before === undefined ? candidates.length : this.#lowerBound(candidates, before);
		// The copy that holds the fixed observation is not in line with the others.
		const leave = fixed !== undefined && fixed >= slot ? 0 : this.#copiesBehind[slot]!;
		for (let at = earliest === undefined ? 0 : this.#lowerBound(candidates, earliest); at + leave < end; at++) {
			this.#budget.spend(1);
			const observation = candidates[at]!;
			if (observation <= behind || this.#used.has(observation)) continue;
			if (before !== undefined && this.#last[observation]! >= before) continue;
			this.#choose(slot, observation);
			if (this.#fill(slot + 1, bounds, fixed)) return true;
			this.#used.delete(observation);
		}
		return false;
	}

	#boundsAt(slot: number, fixed: Bounds): Bounds {
		let { earliest, before } = fixed;
		for (const i of this.#ordersOf[slot]!) {
			const { left, right } = this.#alternative.orders[i]!;
			if (right.from === slot) {
				this.#budget.spend(left.to - left.from);
				let end: bigint | undefined;
				for (let other = left.from; other < left.to; other++) end = later(end, this.#last[this.#chosen[other]!]!);
				this.#leftEnd[i] = end!;
			}
			earliest = later(earliest, this.#leftEnd[i]!);
		}
		for (const i of this.#windowsOf[slot]!) {
			const { from, span } = this.#alternative.windows[i]!;
			if (from === slot) continue;
			const filled = this.#spans[i]![slot - 1]!;
			earliest = later(earliest, filled.last - span + 1n);
			before = sooner(before, filled.first + span);
		}
		return { ...(earliest === undefined ? {} : { earliest }), ...(before === undefined ? {} : { before }) };
	}

	#choose(slot: number, observation: number): void {
		this.#chosen[slot] = observation;
		this.#used.add(observation);
		const first = this.#first[observation]!;
		const last = this.#last[observation]!;
		for (const i of this.#windowsOf[slot]!) {
			const before = this.#alternative.windows[i]!.from === slot ? undefined : this.#spans[i]![slot - 1];
			this.#spans[i]![slot] = { first: sooner(before?.first, first), last: later(before?.last, last) };
		}
	}

	/** Copies are interchangeable: each begins behind the one before, unless that one holds the fixed observation. */
	#copiedIndex(slot: number, fixed: number | undefined): number {
		const { copyOf } = this.#alternative.slots[slot]!;
		if (copyOf === undefined || (fixed !== undefined && fixed >= copyOf && fixed < slot)) return -1;
		return this.#chosen[copyOf]!;
	}

	/** The first of them that begins no earlier than a moment. */
	#lowerBound(candidates: readonly number[], earliest: bigint): number {
		let low = 0;
		let high = candidates.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.#first[candidates[middle]!]! < earliest) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
