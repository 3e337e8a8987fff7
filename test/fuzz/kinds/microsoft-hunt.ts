import { hash } from 'node:crypto';
import { costOf, type HuntPlan } from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import { DEFENDER_LANGUAGE, planDefenderHunt, planMessageTrace, TRACE_LANGUAGE } from '../../../lib/microsoftHunt';
import { parsePattern, printPattern } from '../../../lib/pattern';
import { conditionsOf, faultsOf, faultsOfShape, literalsOf } from '../../lab/hunting';
import { HOSTILE } from '../../unit/microsoftHunt/comparisons';
import { somePattern, spoiltPattern, type PatternWords } from '../inputs/patterns';
import { CHARACTERS, soup } from '../inputs/text';
import { isSame, isTrue, jsonOf, unlessRefused } from '../invariants';
import type { Kind } from '../kind';

const NOW = { now: new Date('2026-01-01T00:00:00Z'), timeRangeMinutes: 60 };
const REFUSALS = [
	'PATTERN_SYNTAX', 'PATTERN_TOO_DEEP', 'PATTERN_TOO_LONG', 'PATTERN_REGEX_INVALID', 'PATTERN_CIDR_INVALID', 'PATTERN_TOO_COMPLEX',
	'HUNT_NOT_SEARCHABLE', 'HUNT_TOO_COMPLEX', 'HUNT_VALUE_REFUSED', 'HUNT_WINDOW_INVALID',
]; // prettier-ignore

/** As patterns write it: a key with a hyphen needs quotes. */
const quotedKeys = (path: string): string => path.replace('hashes.SHA-256', "hashes.'SHA-256'");
const DEFENDER = [...DEFENDER_LANGUAGE.fields.keys()].map(quotedKeys);
const TRACE = [...TRACE_LANGUAGE.fields.keys()].map(quotedKeys);
/** Those that both, one or none of them know. */
const PATHS = [
	DEFENDER,
	TRACE,
	[...DEFENDER, ...TRACE, 'mutex:name', 'email-message:body', 'email-message:to_refs[0].value'],
];

const wordsOf = (paths: readonly string[]): PatternWords => ({
	path: (random) => random.pick(paths),
	plain: 0.7,
	text: (random) =>
		random.choose(
			[4, () => random.pick(HOSTILE)],
			[2, () => soup(random, 4)],
			[2, () => random.list(0, 8, () => random.pick(CHARACTERS)).join('')],
			[4, () => random.list(0, 5, () => random.pick(KQL)).join(random.pick(['', ' ', '\n']))],
			[
				1,
				() => {
					const one = random.pick(['"', "'", '\\', '\r\n', '%', '\0', '\ud800', '😀']);
					return one.repeat(random.pick([2, 50, 1_000, random.chance(0.2) ? 10_000 : 3]));
				},
			],
		),
});

/** What ends a literal, or begins something else behind it. */
const KQL = [
	'"', "'", '\\', '\\"', '""', "''", '@"', "h'", '```', '~~~', '|', ';', '//', '/*', '*/', ')', '(', ',', '--', '\n', '\r', '\u2028', '\u0085', '\0', '{{', '${', ' or true', 'union *', ' | take 0',
	'let Hits =', 'externaldata', ' and ', ' eq ', ' or 1 eq 1', 'receivedDateTime ge 2026-01-01T00:00:00Z', 'datetime(', 'x',
]; // prettier-ignore

interface Plans {
	defender: HuntPlan | undefined;
	trace: HuntPlan | undefined;
}

const plansOf = (pattern: string): Plans => ({
	defender: unlessRefused(REFUSALS, () => planDefenderHunt(pattern, NOW)),
	trace: unlessRefused(REFUSALS, () => planMessageTrace(pattern, NOW)),
});

const both = ({ defender, trace }: Plans): HuntPlan[] => [defender, trace].filter((plan) => plan !== undefined);

/**
 * Whether a value is one of the texts of a pattern, or what LIKE with wildcards at its ends or in it leaves of one. What Unicode calls
 * the same is: a short text of LIKE is asked for in each of its spellings.
 */
function constantsOf(input: string): { include(value: string): boolean } {
	const found: string[] = [];
	const walk = (node: unknown): void => {
		if (typeof node !== 'object' || node === null) return;
		const { kind, value } = node as { kind?: unknown; value?: unknown };
		if (kind === 'string' && typeof value === 'string') found.push(value);
		for (const member of Object.values(node)) walk(member);
	};
	walk(parsePattern(input));
	const asWritten = found.join('\n\u0000\n');
	const composed = asWritten.normalize('NFC');
	return { include: (value) => asWritten.includes(value) || composed.includes(value.normalize('NFC')) };
}

/** The words of a query without its values; numbers and times are as good as one another. */
const wordsIn = (query: string): string[] =>
	literalsOf(query)
		.around.replace(/datetime\([\d:.TZ-]{1,40}\)/g, 'datetime()')
		.split(/\b\d{1,19}(h?)\b|[\s=<>!~,;|().-]+/)
		.filter((word) => word !== undefined && word !== '');

/** Words of queries that have no hostile value: no other may stand in one. */
const VOCABULARY = new Set(
	DEFENDER.flatMap((path) =>
		[
			"= 'x'",
			"IN ('x', 'y')",
			"LIKE 'x%'",
			"LIKE '%x'",
			"LIKE '%x%'",
			"ISSUBSET '192.0.2.0/24'",
			'= 1',
			'IN (1, 2)',
			'< 1',
		].map((test) => `[${path} ${test}]`),
	)
		.flatMap((pattern) => unlessRefused(REFUSALS, () => planDefenderHunt(pattern, NOW))?.queries ?? [])
		.flatMap(wordsIn),
);

export const kind: Kind<string, Plans> = {
	subject: 'planDefenderHunt and planMessageTrace, with values that would be KQL or OData',
	form: 'text',
	make: (random) =>
		random.choose([6, () => spoiltPattern(random, wordsOf(random.pick(PATHS)))], [1, () => somePattern(random)]),
	run: plansOf,
	open: async () => {
		// The analyser takes a while to start, which is the time of no input.
		await faultsOf('EmailEvents');
		return () => Promise.resolve();
	},
	refusals: [],
	maxMilliseconds: 30_000,
	isRead: (plans) => both(plans).length > 0,
	invariants: {
		"Microsoft's analyser finds no fault in any KQL": async ({ defender }, input) => {
			// It takes ten times as long as all else: the input says whether it is asked.
			if (hash('sha256', input) >= '6') return;
			for (const query of defender?.queries ?? []) {
				const faults = await faultsOfShape(query);
				isTrue(faults.length === 0, `${faults.join(' ').slice(0, 300)} in ${query.slice(0, 2_000)}`);
			}
		},
		'no value stands in KQL outside of a literal, and each literal is a value of the pattern': (
			{ defender },
			input,
		) => {
			if (defender === undefined) return;
			const constants = constantsOf(input);
			for (const query of defender.queries) {
				const stray = wordsIn(query).find((word) => !VOCABULARY.has(word));
				isTrue(stray === undefined, `a word that no query has: ${JSON.stringify(stray)}`);
				for (const value of literalsOf(query).values)
					isTrue(constants.include(value), `a literal that the pattern does not have: ${JSON.stringify(value)}`);
			}
		},
		'every filter of message trace is one, and has no value that the pattern does not have': ({ trace }, input) => {
			if (trace === undefined) return;
			const constants = constantsOf(input);
			for (const query of trace.queries) {
				const conditions = conditionsOf(query);
				isTrue(
					conditions.filter(({ property }) => property === 'receivedDateTime').length === 2,
					`no window: ${query}`,
				);
				const names = conditions.map(({ property, operator }) => `${property} ${operator}`);
				isTrue(new Set(names).size === names.length, `a property stands twice: ${query.slice(0, 300)}`);
				for (const { property, value } of conditions)
					isTrue(
						property === 'receivedDateTime' || constants.include(value),
						`a value that the pattern does not have: ${JSON.stringify(value)}`,
					);
			}
		},
		'a plan is JSON, within its limits, and has a cost': (plans) => {
			for (const plan of both(plans)) {
				isSame(JSON.stringify(JSON.parse(jsonOf(plan))), jsonOf(plan), 'the plan through JSON');
				isTrue(plan.queries.length <= HUNT_LIMITS.maxQueries, `${plan.queries.length} queries`);
				isTrue(new Set(plan.queries).size === plan.queries.length, 'a query is there twice');
				isTrue(jsonOf(plan).length <= 3 * HUNT_LIMITS.maxPlanLength, `${jsonOf(plan).length} characters`);
			}
			if (plans.defender !== undefined)
				isTrue(costOf(DEFENDER_LANGUAGE, [plans.defender]).requests === plans.defender.queries.length, 'its cost');
			if (plans.trace !== undefined)
				isTrue(costOf(TRACE_LANGUAGE, [plans.trace]).requests >= plans.trace.queries.length, 'its cost');
		},
		'every alternative leads to queries, and its filters are comparisons': (plans) => {
			const filters = new Set<string>();
			for (const { observations, queries: all } of both(plans)) {
				for (const { start, stop, alternatives } of observations) {
					isTrue(Date.parse(start) < Date.parse(stop), `from ${start} to ${stop}`);
					for (const { queries, filter } of alternatives) {
						isTrue(
							queries.length > 0 && queries.every((index) => all[index] !== undefined),
							'a query that is not there',
						);
						for (const one of filter) filters.add(one);
					}
				}
			}
			for (const one of filters) parsePattern(`[${one}]`);
		},
		'it is the same when the pattern was printed': (plans, input) => {
			const pattern = unlessRefused(REFUSALS, () => parsePattern(input));
			if (pattern === undefined) return;
			const again = plansOf(printPattern(pattern));
			for (const target of ['defender', 'trace'] as const) {
				isSame(JSON.stringify(again[target]?.queries), JSON.stringify(plans[target]?.queries), `queries of ${target}`);
				isSame(
					JSON.stringify(again[target]?.observations),
					JSON.stringify(plans[target]?.observations),
					`observations of ${target}`,
				);
			}
		},
	},
};
