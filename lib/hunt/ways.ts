import { product, type Conjunction, type Expansion } from './conjunctions';
import { HuntError } from './errors';
import { quoted, type Searchable } from './searchable';
import { limitOf, type HuntGroup, type HuntLanguage } from './target';

/** One way to ask for a conjunction. */
export interface Way<Term> {
	/** A row has to be found by each of them. */
	queries: Term[][];
	/** Comparisons that are checked on the rows. */
	filter: Array<Searchable<Term>>;
	/** True when the whole window has to be read. */
	scan: boolean;
}

/**
 * Whether columns of which rows show more than the target searches are looked up in all rows of the window, or in what can
 * be searched; `queries-only` leaves nothing to rows.
 */
export type Reach = 'all-rows' | 'searchable' | 'queries-only';

/**
 * The ways to ask for a conjunction; what one of them finds matches.
 *
 * How terms become queries is the target's own. A comparison that rows show is checked on the rows in any case, because
 * searches ignore upper and lower case; where a query has enough to go by, it may be left to that check alone.
 *
 * @throws HuntError `HUNT_GROUP_INCOMPLETE`, `HUNT_NOT_SEARCHABLE`, `HUNT_TOO_COMPLEX`
 */
export function waysOf<Term>(
	conjunction: Conjunction<Term>,
	language: HuntLanguage<Term>,
	reach: Reach,
	expansion: Expansion,
): Array<Way<Term>> {
	const filter = conjunction.filter(({ filterable }) => filterable);
	const searched = searchedOf(conjunction, language, reach);
	const isBeyond = ({ field }: Searchable<Term>): boolean => reach === 'all-rows' && field.beyond !== undefined;
	const rest = searched.filter((one) => !isBeyond(one));
	const whole = rest.length === 0 ? [{ queries: [[]], filter, scan: true }] : [];
	if (searched.length === 0) return whole;
	const asked = rest.length === 0 ? searched : rest;
	// Each choice has the whole conjunction behind it: what it asks, and what it filters.
	expansion.write((choicesOf(asked, language) - 1) * conjunction.length, conjunction[0]?.test.at);
	return [
		...product(asked.map(({ searches }) => searches.map((one) => [one]))).map((chosen) => ({
			queries: language.queriesOf?.(chosen) ?? [chosen],
			filter,
			scan: false,
		})),
		...whole,
	];
}

/** The comparisons that go into queries, groups complete, and no more of them than make a bearable number of queries. */
function searchedOf<Term>(
	conjunction: Conjunction<Term>,
	language: HuntLanguage<Term>,
	reach: Reach,
): Array<Searchable<Term>> {
	let searched = conjunction.filter(({ searches }) => searches.length > 0);
	for (const group of groupsOf(searched)) {
		const isMember = ({ field }: Searchable<Term>): boolean => field.member?.of === group;
		const members = searched.filter(isMember);
		if (isComplete(group, members)) continue;
		if (!members.every(({ filterable }) => filterable)) throw groupError(group, members, language);
		searched = searched.filter((one) => !isMember(one));
	}
	return reach === 'queries-only' ? searched : bearable(searched, language);
}

/** Leaves the widest comparisons to the filter until few choices are left; one comparison is asked in any case. */
function bearable<Term>(searched: Array<Searchable<Term>>, language: HuntLanguage<Term>): Array<Searchable<Term>> {
	const most = limitOf('maxQueriesOfAlternative', language);
	const widest = searched
		.filter(({ filterable, searches }) => filterable && searches.length > 1)
		.sort((a, b) => b.searches.length - a.searches.length);
	const left = new Set<Searchable<Term>>();
	const kept = [...widest];
	let choices = searched.reduce((count, one) => count * (one.filterable ? 1 : one.searches.length), 1);
	while (kept.length > 0 && choices * kept.at(-1)!.searches.length <= most) choices *= kept.pop()!.searches.length;
	for (const one of kept) if (left.size < searched.length - 1) left.add(one);
	return left.size === 0 ? searched : searched.filter((one) => !left.has(one));
}

function groupsOf(searched: ReadonlyArray<Searchable<unknown>>): Set<HuntGroup> {
	const groups = new Set<HuntGroup>();
	for (const { field } of searched) if (field.member !== undefined) groups.add(field.member.of);
	return groups;
}

const isAmong = (path: string, members: ReadonlyArray<Searchable<unknown>>): boolean =>
	members.some(({ field }) => field.member?.path === path);

function isComplete(group: HuntGroup, members: ReadonlyArray<Searchable<unknown>>): boolean {
	return members.length === group.members.length && group.members.every((path) => isAmong(path, members));
}

function groupError(
	group: HuntGroup,
	members: ReadonlyArray<Searchable<unknown>>,
	{ name }: HuntLanguage<unknown>,
): HuntError {
	const { test } = members[0]!;
	const missing = group.members.filter((path) => !isAmong(path, members)).join(', ');
	if (missing === '') {
		return new HuntError('HUNT_NOT_SEARCHABLE', `${group.members.join(', ')} can be used only once in an AND`, {
			at: test.at,
			hint: 'Hunt for the two separately.',
		});
	}
	return new HuntError(
		'HUNT_GROUP_INCOMPLETE',
		`${quoted(test)}: ${name} can search it only together with ${missing}`,
		{
			at: test.at,
			hint: `Add ${missing} with AND.`,
		},
	);
}

/** Choices of one search of each. @throws HuntError `HUNT_TOO_COMPLEX` */
function choicesOf(searched: ReadonlyArray<Searchable<unknown>>, language: HuntLanguage<unknown>): number {
	const most = limitOf('maxQueries', language);
	let count = 1;
	for (const { searches, test } of searched) {
		count *= searches.length;
		if (count <= most) continue;
		throw new HuntError('HUNT_TOO_COMPLEX', `The pattern needs more than ${most} queries`, {
			at: test.at,
			hint: 'Split the lists of values into several hunts.',
		});
	}
	return count;
}
