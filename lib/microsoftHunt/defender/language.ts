import { planFor, planTogether, type HuntLanguage, type HuntOptions, type HuntPlan, type HuntWindow } from '../../hunt';
import { DEFENDER_LIMITS } from '../../limits';
import type { Pattern } from '../../pattern';
import { HELP } from '../hunting';
import { DEFENDER_FIELDS, type Column, type KqlTerm } from './columns';
import { kqlTime } from './literal';
import { HOUR } from '../../units';

/** Names a message to one recipient, in the tables that know recipients. */
const DELIVERY = 'strcat(NetworkMessageId, " ", tolower(RecipientEmailAddress))';

/** What stands between a table and its rows of the time that is hunted; rows about a message come later than the message. */
const SOURCES = [
	'let Links = EmailUrlInfo | where Timestamp >= Since;',
	`let Files = EmailAttachmentInfo | where Timestamp >= Since | extend Delivery = ${DELIVERY};`,
	`let Events = EmailEvents | where Timestamp >= Since | extend Delivery = ${DELIVERY};`,
].join('\n');

/** The same in all rows of a delivery. */
const FIRST = [
	'NetworkMessageId',
	'InternetMessageId',
	'RecipientEmailAddress',
	'SenderFromAddress',
	'SenderMailFromAddress',
	'SenderDisplayName',
	'SenderFromDomain',
	'SenderMailFromDomain',
	'SenderIPv4',
	'SenderIPv6',
	'Subject',
	'EmailDirection',
	'EmailClusterId',
	'AuthenticationDetails',
];
/** What later rows may say otherwise. */
const LATER = [
	'DeliveryAction',
	'DeliveryLocation',
	'LatestDeliveryAction',
	'LatestDeliveryLocation',
	'ThreatTypes',
	'ThreatNames',
];

const bag = (names: readonly string[]): string => `bag_pack(${names.map((name) => `"${name}", ${name}`).join(', ')})`;
const LINK = ['Url', 'UrlDomain', 'UrlLocation'];
const FILE = ['FileName', 'FileType', 'SHA256', 'FileSize'];

/** One row a delivery, with its links and files, the oldest first; how many there are stands in each. */
const ROWS = [
	'let Found = materialize(Events | where Delivery in (Hits)',
	`| summarize arg_min(Timestamp, ${FIRST.join(', ')}), ${LATER.map((name) => `${name} = make_set(${name})`).join(', ')} by Delivery`,
	'| where Timestamp >= Start and Timestamp < Stop);',
	'let Total = toscalar(Found | count);',
	'let Page = materialize(Found | order by Timestamp asc, Delivery asc | take Most);',
	'Page',
	`| join kind=leftouter (Links | where NetworkMessageId in (Page | project NetworkMessageId) | distinct NetworkMessageId, ${LINK.join(', ')} | summarize Urls = make_list(${bag(LINK)}), UrlTotal = count() by NetworkMessageId) on NetworkMessageId`,
	`| join kind=leftouter (Files | where Delivery in (Page | project Delivery) | distinct Delivery, ${FILE.join(', ')} | summarize Attachments = make_list(${bag(FILE)}), AttachmentTotal = count() by Delivery) on Delivery`,
	'| order by Timestamp asc, Delivery asc',
	`| project Timestamp, ${FIRST.map((name) => (name === 'EmailClusterId' ? `${name} = tostring(${name})` : name)).join(', ')}, ${[...LATER, 'Urls', 'Attachments'].map((name) => `${name} = tostring(${name})`).join(', ')}, UrlTotal, AttachmentTotal, Total`,
].join('\n');

/**
 * The beginning of a query, and what changes from page to page: Start and Most. Since does not: on a later page, too, a message that came
 * before the window is one. No value stands in it.
 */
const HEAD =
	/^let Start = datetime\(([^()]+)\);\nlet Stop = datetime\(([^()]+)\);\nlet Most = (\d+);\nlet Since = datetime\(([^()]+)\);\n/;

const headOf = (start: number, stop: number, most: number, since: number): string =>
	`let Start = ${kqlTime(start)};\nlet Stop = ${kqlTime(stop)};\nlet Most = ${most};\nlet Since = ${kqlTime(since)};\n`;

/** The same query from another time on, with so many rows. */
export function withHead(query: string, start: number, most: number): string {
	const { stop, since } = windowOf(query);
	return query.replace(HEAD, () => headOf(start, stop, most, since));
}

/** Epoch milliseconds of the window of a query, and of the first row that it looks at. */
export function windowOf(query: string): { start: number; stop: number; since: number } {
	const found = HEAD.exec(query);
	if (found === null) throw new TypeError('a query of advanced hunting must begin with its window');
	return { start: Date.parse(found[1]!), stop: Date.parse(found[2]!), since: Date.parse(found[4]!) };
}

function comparisonOf(name: string, operator: KqlTerm['operator'], values: readonly string[]): string {
	switch (operator) {
		case 'in~':
			return values.length === 1 ? `${name} =~ ${values[0]}` : `${name} in~ (${values.join(', ')})`;
		case 'in':
			return values.length === 1 ? `${name} == ${values[0]}` : `${name} in (${values.join(', ')})`;
		case 'network':
			return `${name === 'SenderIPv4' ? 'ipv4' : 'ipv6'}_is_in_range(${name}, ${values[0]})`;
		case 'contains':
		case 'startswith':
		case 'endswith':
		case '<':
		case '<=':
		case '>':
		case '>=':
			return `${name} ${operator} ${values[0]}`;
	}
}

/** What a message has that satisfies a term: in its own row, or in one about its links or files. */
function conditionOf({ columns, operator, values }: KqlTerm): string {
	const of = (table: Column['table']): string | undefined => {
		const own = columns.filter((column) => column.table === table);
		return own.length === 0 ? undefined : own.map(({ name }) => comparisonOf(name, operator, values)).join(' or ');
	};
	const [event, link, file] = [of('EmailEvents'), of('EmailUrlInfo'), of('EmailAttachmentInfo')];
	const all = [
		event,
		link === undefined ? undefined : `NetworkMessageId in (Links | where ${link} | project NetworkMessageId)`,
		file === undefined ? undefined : `Delivery in (Files | where ${file} | project Delivery)`,
	].filter((one) => one !== undefined);
	return all.length === 1 && !all[0]!.includes(' or ') ? all[0]! : `(${all.join(' or ')})`;
}

/** Lists of values for the same columns are one list. */
function merged(alternatives: ReadonlyArray<readonly KqlTerm[]>): Array<readonly KqlTerm[]> {
	const lists = new Map<string, { term: KqlTerm; values: Set<string> }>();
	const others: Array<readonly KqlTerm[]> = [];
	for (const alternative of alternatives) {
		const [only, ...more] = alternative;
		if (only === undefined || more.length > 0 || (only.operator !== 'in~' && only.operator !== 'in')) {
			others.push(alternative);
			continue;
		}
		const key = `${only.operator} ${only.columns.map(({ name }) => name).join(' ')}`;
		const known = lists.get(key) ?? { term: only, values: new Set<string>() };
		lists.set(key, known);
		for (const value of only.values) known.values.add(value);
	}
	return [...[...lists.values()].map(({ term, values }) => [{ ...term, values: [...values] }]), ...others];
}

/** The rows that are meant; all of the window where there are no terms. */
function hitsOf(alternatives: ReadonlyArray<readonly KqlTerm[]>): string {
	const asked = alternatives.length === 0 ? [[]] : merged(alternatives);
	const textOf = (terms: readonly KqlTerm[]) => (terms.length === 0 ? 'true' : terms.map(conditionOf).join(' and '));
	const own = asked.filter((terms) => !terms.some(({ late }) => late)).map(textOf);
	const late = asked.filter((terms) => terms.some((term) => term.late)).map(textOf);
	const conditions = [...(own.length === 0 ? [] : [`Timestamp < Stop and (${own.join('\n\tor ')})`]), ...late];
	return `let Hits = Events | where Timestamp >= Start\n| where ${conditions.join('\n\tor ')}\n| distinct Delivery;`;
}

/** What advanced hunting can be asked: conditions that it ANDs and ORs, over the tables of mail, one window to the millisecond. */
export const DEFENDER_LANGUAGE: HuntLanguage<KqlTerm> = {
	name: 'Defender',
	help: HELP,
	fields: DEFENDER_FIELDS,
	limits: { alternativesPerQuery: DEFENDER_LIMITS.alternativesPerQuery },
	// Two rows of a delivery may each say one of two things: rows decide what all of them say.
	queriesOf: (terms) => {
		const same = terms.filter(({ late }) => !late);
		return [same.length > 0 ? same : terms.slice(0, 1)];
	},
	encode: (alternatives, { start, stop }: HuntWindow) =>
		`${headOf(start, stop, DEFENDER_LIMITS.pageSize + 1, start - DEFENDER_LIMITS.lateHours * HOUR)}${SOURCES}\n${hitsOf(alternatives)}\n${ROWS}`,
};

/**
 * Plans the hunt of a STIX pattern in Defender XDR. The plan's queries are KQL that can be pasted into advanced hunting.
 *
 * The unit is the message to one recipient: comparisons joined by AND inside `[ ]` have to hold for the same one, each for itself.
 *
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed
 */
export function planDefenderHunt(pattern: string | Pattern, options: HuntOptions = {}): HuntPlan {
	return planFor(DEFENDER_LANGUAGE, pattern, options);
}

/** The same for all patterns of a run, which share queries: see `planTogether`. */
export function planDefenderHunts(
	patterns: ReadonlyArray<string | Pattern>,
	options: HuntOptions = {},
): Array<HuntPlan | Error> {
	return planTogether(DEFENDER_LANGUAGE, patterns, options);
}
