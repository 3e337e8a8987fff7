import { planFor, planTogether, type HuntLanguage, type HuntOptions, type HuntPlan, type HuntTarget } from '../hunt';
import { ESA_LIMITS } from '../limits';
import type { Pattern } from '../pattern';
import { ESA_IDENTITY, observablesOf } from './bundle';
import { FIELDS } from './fields';
import type { Login } from './login';
import { queriesOf, queryText, windowText, type Parameter } from './query';
import { keysOf, TrackedRow } from './row';
import { readRows } from './tracking';

/** What message tracking can be asked: parameters that it ANDs, events that it ORs, one window in full minutes. */
export const ESA_LANGUAGE: HuntLanguage<Parameter> = {
	name: 'the appliance',
	help: 'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/cisco-secure-email.md#columns',
	fields: FIELDS,
	queriesOf,
	// One alternative a query: it knows no OR but that of events.
	encode: ([parameters = []], window) => queryText(parameters, windowText(window)),
};

/** Message tracking of the appliance that a login is for. */
export function huntTarget(login: Login): HuntTarget<Parameter, TrackedRow> {
	return {
		...ESA_LANGUAGE,
		parallel: ESA_LIMITS.parallel,
		mostParallel: ESA_LIMITS.mostParallel,
		system: ESA_IDENTITY.name,
		read: async (query, budget, signal) =>
			(await readRows(login, query, budget, signal)).map((row) => new TrackedRow(row)),
		keysOf: ({ row }) => keysOf(row),
		timeOf: ({ message }) => message.time,
		observables: ({ message }) => observablesOf(message),
		compare: (a, b) => compareMessages(a, b),
	};
}

function compareMessages({ message: a }: TrackedRow, { message: b }: TrackedRow): number {
	const [one, other] = [a.serialNumber ?? '', b.serialNumber ?? ''];
	if (one !== other) return one < other ? -1 : 1;
	return (a.mids[0] ?? 0) - (b.mids[0] ?? 0);
}

/**
 * Plans the hunt of a STIX pattern on message tracking: which queries, over which windows, which rows of theirs match. The
 * plan's queries are what stands behind the `?` of `message-tracking/messages`, without paging.
 *
 * The unit is the message: comparisons joined by AND inside `[ ]` have to hold for the same message, each for itself.
 *
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed
 */
export function planHunt(pattern: string | Pattern, options: HuntOptions = {}): HuntPlan {
	return planFor(ESA_LANGUAGE, pattern, options);
}

/** The plans of several patterns for one run, each as {@link planHunt} makes it; an error in the place of one that cannot be hunted. */
export function planHunts(
	patterns: ReadonlyArray<string | Pattern>,
	options: HuntOptions = {},
): Array<HuntPlan | Error> {
	return planTogether(ESA_LANGUAGE, patterns, options);
}
