import { HUNT_LIMITS } from '../limits';
import type { ComparisonTest, PatternLiteral } from '../pattern';
import type { ReadBudget } from './budget';
import type { HuntWindow } from './window';

/*
 * What a hunt has to know of the system that it asks. A hunt knows fields, comparisons and rows; how a question is written
 * and how rows are read is the target's own.
 */

/** What a comparison asks of a column. */
export type HuntQuestion =
	/** `=` and IN: it is one of these, of which there is at least one. */
	| { kind: 'is'; values: readonly PatternLiteral[] }
	/** LIKE with wildcards at its ends alone: `before` and `after` say whether anything may stand there. `text` is not empty. */
	| { kind: 'like'; text: string; before: boolean; after: boolean }
	/** Every other comparison, as it stands. STIX compares with case; LIKE and MATCHES see composed characters (NFC). */
	| { kind: 'test'; test: ComparisonTest };

/**
 * `terms`: every row that the question means is found by one of them, and no others but for upper and lower case (with
 * `wider`: others too). A target that writes alternatives into one term answers with one; several are asked one by one.
 * `problem`: a constant that cannot be asked, in the user's words. Undefined: there is no such search.
 */
export type HuntAnswer<Term> = { terms: readonly Term[]; wider?: true } | { problem: string } | undefined;

/** One way in which a column is searched. */
export interface HuntSearch<Term> {
	/** The operators that it takes, for a message to the user: `=`, `LIKE 'text%'`. */
	readonly operators: readonly string[];
	ask(question: HuntQuestion): HuntAnswer<Term>;
}

/** Fields that are searched only together: their object paths. */
export interface HuntGroup {
	readonly members: readonly string[];
}

/** One STIX object path that can be hunted. */
export interface HuntField<Term> {
	/** A row that satisfies a comparison is found by one of them. Empty when the target cannot search it. */
	readonly searches: ReadonlyArray<HuntSearch<Term>>;
	/** Object paths in the STIX of a row that say the same. Absent when rows do not show it. */
	readonly rows?: readonly string[];
	/** Rows show it in more places than are searched: which the searched and which the others are. */
	readonly beyond?: { readonly searched: string; readonly elsewhere: string };
	/** Type of the constants, where a dialect writes numbers as text. */
	readonly integer?: true;
	/** Rows show other words than are searched: these constants are searched, all others looked up in rows. */
	readonly vocabulary?: readonly string[];
	/** It is searched only together with the others of a group, as the member of this path. */
	readonly member?: { readonly of: HuntGroup; readonly path: string };
}

/** Bounds of a plan that a target may set lower, or higher. */
export type HuntPlanLimits = Pick<
	{ -readonly [Name in keyof typeof HUNT_LIMITS]: number },
	'maxQueries' | 'maxQueriesOfAlternative' | 'alternativesPerQuery' | 'joinedLength'
>;

/** The bound of a target, or that of all. */
export const limitOf = (name: keyof HuntPlanLimits, { limits }: Pick<HuntLanguage<unknown>, 'limits'>): number =>
	limits?.[name] ?? HUNT_LIMITS[name];

/**
 * What a target can be asked, and how that is written: all that a plan needs. `Term` is one condition in the target's own
 * terms; hunts only pass it on.
 */
export interface HuntLanguage<Term> {
	/** For messages, in the middle of a sentence: `the mail server`. */
	readonly name: string;
	/** Where its columns are described. */
	readonly help: string;
	/** By object path, keys without quotes: `file:hashes.SHA-256`, `email-message:to_refs[*].value`. */
	readonly fields: ReadonlyMap<string, HuntField<Term>>;
	readonly limits?: Partial<HuntPlanLimits>;
	/** The queries for terms that all have to hold: a row has to be found by each of them. By default one query says them all. */
	queriesOf?(terms: readonly Term[]): Term[][];
	/**
	 * A query as text; equal texts are asked once. Of `alternatives` one has to hold, of each all its terms; without terms,
	 * every row of the window is meant. There is more than one when `alternativesPerQuery` says so, and when rows decide
	 * which of them it is. The window may be asked wider: rows are checked against it.
	 */
	encode(alternatives: ReadonlyArray<readonly Term[]>, window: HuntWindow): string;
	/** Requests that a query takes at least. Default one. */
	requestsOf?(query: string): number;
	/** So many requests are taken in so many minutes, where the target counts them. */
	readonly pace?: { readonly requests: number; readonly minutes: number };
}

/** A target that answers. */
export interface HuntTarget<Term, Row> extends HuntLanguage<Term> {
	/** Queries that are read side by side. Default one. */
	readonly parallel?: number;
	/** Queries that are read side by side as long as the target answers as quickly as it does at its best. Default {@link parallel}. */
	readonly mostParallel?: number;
	/** Name of the system, as people know it: sightings are made there. */
	readonly system?: string;
	/**
	 * All rows of a query, in as many requests as it takes; what they cost is counted in the budget, and reading ends where
	 * it does (`budget.truncated`).
	 */
	read(query: string, budget: ReadBudget, signal?: AbortSignal): Promise<Row[]>;
	/** What names the message of a row: rows that have one in common are the same message. */
	keysOf(row: Row): readonly string[];
	/** Epoch milliseconds; undefined when the row does not say. */
	timeOf(row: Row): number | undefined;
	/** The STIX cyber-observables of a row, in which `rows` of the fields are looked up. */
	observables(row: Row): object[];
	/** Order of rows of the same time. By default that of reading. */
	compare?(a: Row, b: Row): number;
}
