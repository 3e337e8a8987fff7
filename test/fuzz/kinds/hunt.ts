import { planHunt, translatePattern } from '../../../lib/esa';
import { FIELDS } from '../../../lib/esa/fields';
import type { HuntPlan } from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import {
	parsePattern,
	printPattern,
	type ObservationExpression,
	type ComparisonExpression,
} from '../../../lib/pattern';
import { somePattern, spoiltPattern, type PatternWords } from '../inputs/patterns';
import { CHARACTERS, soup } from '../inputs/text';
import { isSame, isTrue, jsonOf, unlessRefused } from '../invariants';
import type { Kind } from '../kind';

const NOW = { now: new Date('2026-01-01T00:00:00Z'), timeRangeMinutes: 60 };
const REFUSALS = [
	'PATTERN_SYNTAX', 'PATTERN_TOO_DEEP', 'PATTERN_TOO_LONG', 'PATTERN_REGEX_INVALID', 'PATTERN_CIDR_INVALID', 'PATTERN_TOO_COMPLEX',
	'HUNT_NOT_SEARCHABLE', 'HUNT_TOO_COMPLEX', 'HUNT_VALUE_REFUSED', 'HUNT_GROUP_INCOMPLETE', 'HUNT_WINDOW_INVALID', 'HUNT_NOT_TRANSLATABLE',
]; // prettier-ignore

/** What the appliance can be asked for. */
const PATHS = [
	'email-message:subject', 'email-message:from_ref.value', 'email-message:sender_ref.value', 'email-message:to_refs[*].value', 'email-message:message_id', 'email-addr:value', 'ipv4-addr:value', 'ipv6-addr:value', 'domain-name:value', 'url:value',
	'file:name', "file:hashes.'SHA-256'",
]; // prettier-ignore
const WORDS: PatternWords = {
	path: (random) => random.choose([4, () => random.pick(PATHS)], [1, () => random.pick([...FIELDS.keys(), 'mutex:name'])]),
	plain: 0.9,
	text: (random) =>
		random.choose(
			[3, () => random.pick(['invoice', 'a@evil.example', 'evil.example', '192.0.2.1', 'true', '%invoice%', 'a%', 'ab'.repeat(32), '<1@example.org>', '', '&x=1', '%00', '*', '"'])],
			[1, () => soup(random, 4)],
			[1, () => random.list(0, 6, () => random.pick(CHARACTERS)).join('')],
		),
}; // prettier-ignore

/** What a query string may hold: everything else of a value is percent-encoded. */
const QUERY = /^(?:[\w.~!*'()$,;:@/+-]|%[0-9A-F]{2})+=(?:[\w.~!*'()$,;:@/+-]|%[0-9A-F]{2})*$/;

function isQuery(text: string): void {
	for (const pair of text.split('&'))
		isTrue(QUERY.test(pair), `no pair of a query: ${JSON.stringify(pair.slice(0, 200))}`);
	isTrue(/(?:^|&)startDate=/.test(text) && /(?:^|&)endDate=/.test(text), `no window: ${text.slice(0, 200)}`);
}

interface Hunt {
	plan: HuntPlan | undefined;
	queries: string[] | undefined;
}

/** Whether everything is joined by OR, so that nothing but what cannot be searched may be missing of a plan. */
function isOnlyAlternatives(node: ObservationExpression | ComparisonExpression): boolean {
	switch (node.kind) {
		case 'observation':
			return isOnlyAlternatives(node.expression);
		case 'observation-or':
		case 'or':
			return node.operands.every(isOnlyAlternatives);
		case 'comparison':
		case 'in':
		case 'exists':
			return true;
		case 'and':
		case 'observation-and':
		case 'followed-by':
		case 'qualified':
			return false;
	}
}

const hunt = (pattern: string): Hunt => ({
	plan: unlessRefused(REFUSALS, () => planHunt(pattern, NOW)),
	queries: unlessRefused(REFUSALS, () => translatePattern(pattern, NOW)),
});

export const kind: Kind<string, Hunt> = {
	subject: 'planHunt and translatePattern',
	form: 'text',
	make: (random) => random.choose([4, () => spoiltPattern(random, WORDS)], [1, () => somePattern(random)]),
	run: hunt,
	refusals: [],
	isRead: ({ plan, queries }) => plan !== undefined || queries !== undefined,
	invariants: {
		'a plan is JSON, within its limits': ({ plan }) => {
			if (plan === undefined) return;
			isSame(JSON.stringify(JSON.parse(jsonOf(plan))), jsonOf(plan), 'the plan through JSON');
			isTrue(plan.queries.length <= HUNT_LIMITS.maxQueries, `${plan.queries.length} queries`);
			isTrue(new Set(plan.queries).size === plan.queries.length, 'a query is there twice');
		},
		'every query is one, and holds nothing that was not encoded': ({ plan, queries }) => {
			for (const query of [...(plan?.queries ?? []), ...(queries ?? [])]) isQuery(query);
		},
		'every observation has a window, and alternatives that lead to queries and filters': ({ plan }) => {
			// Alternatives share their filters: each is read once.
			const filters = new Set<string>();
			for (const { start, stop, alternatives } of plan?.observations ?? []) {
				isTrue(Date.parse(start) < Date.parse(stop), `from ${start} to ${stop}`);
				for (const { queries, filter } of alternatives) {
					isTrue(
						queries.length > 0 && queries.every((index) => plan!.queries[index] !== undefined),
						'a query that is not there',
					);
					for (const one of filter) filters.add(one);
				}
			}
			for (const one of filters) parsePattern(`[${one}]`);
		},
		'what is left out is told, by name and number, and what remains is there': ({ plan }, input) => {
			if (plan === undefined) return;
			const { leftOut, warnings, terms, observations } = plan;
			isTrue(
				observations.some(({ alternatives }) => alternatives.length > 0),
				'nothing is hunted, and that is no error',
			);
			for (const { code, count, comparisons } of leftOut) {
				isTrue(count >= comparisons.length && comparisons.length > 0, `${count}, and ${comparisons.length} are named`);
				isTrue(comparisons.length <= HUNT_LIMITS.maxNamedTerms, `${comparisons.length} are named`);
				isTrue(
					warnings.some((warning) => warning.code === code),
					`no warning says ${code}`,
				);
			}
			isTrue(
				warnings.filter(({ code }) => code !== 'hunt-note').length === leftOut.length,
				'a warning for something that is not left out',
			);
			// Below AND, FOLLOWEDBY and qualifiers nothing is left out but with the whole of it.
			const pattern = parsePattern(input);
			const used = new Set(observations.flatMap(({ alternatives }) => alternatives.flatMap((one) => one.terms)));
			if (leftOut.length === 0 || isOnlyAlternatives(pattern.expression))
				isTrue(used.size === terms.length, 'a term that no alternative asks for');
		},
		'it is the same when the pattern was printed': ({ plan, queries }, input) => {
			const pattern = unlessRefused(REFUSALS, () => parsePattern(input));
			if (pattern === undefined) return;
			const again = hunt(printPattern(pattern));
			isSame(JSON.stringify(again.plan?.queries), JSON.stringify(plan?.queries), 'the queries of the plan');
			isSame(
				JSON.stringify(again.plan?.observations),
				JSON.stringify(plan?.observations),
				'the observations of the plan',
			);
			isSame(JSON.stringify(again.queries), JSON.stringify(queries), 'the translation');
		},
	},
};
