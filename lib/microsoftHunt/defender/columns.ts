import type { HuntAnswer, HuntField, HuntQuestion, HuntSearch } from '../../hunt';
import { DEFENDER_LIMITS } from '../../limits';
import type { ComparisonTest, PatternLiteral } from '../../pattern';
import { kqlString } from './literal';

/** A column of a table of advanced hunting. */
export interface Column {
	table: 'EmailEvents' | 'EmailUrlInfo' | 'EmailAttachmentInfo';
	name: string;
}

type Operator = 'in~' | 'in' | 'contains' | 'startswith' | 'endswith' | '<' | '<=' | '>' | '>=' | 'network';

/** One condition: one of the columns satisfies it. */
export interface KqlTerm {
	columns: readonly Column[];
	operator: Operator;
	/** Literals of KQL. */
	values: readonly string[];
	/** Rows of a delivery differ in it, and the one that says so may come later than the window. */
	late?: true;
}

const CANNOT_BE_SENT = {
	problem: 'the constant cannot be sent because it is too long or contains half a character',
};

function quotedText(text: string): string | undefined {
	const isWhole = (text as string & { isWellFormed(): boolean }).isWellFormed();
	return isWhole && text.length <= DEFENDER_LIMITS.maxValueLength ? kqlString(text) : undefined;
}

function literals(values: readonly PatternLiteral[]): readonly string[] | { problem: string } {
	const texts: string[] = [];
	for (const value of values) {
		if (value.kind !== 'string') return { problem: 'the column takes text' };
		const text = quotedText(value.value);
		if (text === undefined) return CANNOT_BE_SENT;
		texts.push(text);
	}
	return texts;
}

/** Texts: compared without case, whole or in parts. */
function text(columns: readonly Column[], late?: true): HuntSearch<KqlTerm> {
	const term = (operator: Operator, values: readonly string[]): KqlTerm => ({
		columns,
		operator,
		values,
		...(late ? { late } : {}),
	});
	return {
		operators: ['=', 'IN', 'LIKE'],
		ask: (question: HuntQuestion): HuntAnswer<KqlTerm> => {
			if (question.kind === 'is') {
				const values = literals(question.values);
				return 'problem' in values ? values : { terms: [term('in~', values)] };
			}
			if (question.kind === 'test') return undefined;
			const { before, after } = question;
			const value = quotedText(question.text);
			if (value === undefined) return CANNOT_BE_SENT;
			const operator = before ? (after ? 'contains' : 'endswith') : after ? 'startswith' : 'in~';
			return { terms: [term(operator, [value])] };
		},
	};
}

/** A column that holds several words, with commas between them: each is one of STIX. */
function words(columns: readonly Column[]): HuntSearch<KqlTerm> {
	return {
		operators: ['=', 'IN', 'LIKE'],
		ask: (question: HuntQuestion): HuntAnswer<KqlTerm> => {
			if (question.kind === 'test') return undefined;
			const values = question.kind === 'is' ? literals(question.values) : literals([asString(question.text)]);
			if ('problem' in values) return values;
			const terms = values.map((value): KqlTerm => ({ columns, operator: 'contains', values: [value], late: true }));
			return { terms, wider: true };
		},
	};
}

const asString = (value: string): PatternLiteral => ({ kind: 'string', at: { offset: 0, line: 1, column: 1 }, value });

/** Addresses, and the networks that they are in. */
function address(column: Column): HuntSearch<KqlTerm> {
	const asText = text([column]);
	return {
		operators: ['=', 'IN', 'LIKE', 'ISSUBSET'],
		ask: (question: HuntQuestion): HuntAnswer<KqlTerm> => {
			if (question.kind !== 'test') return asText.ask(question);
			const network = networkOf(question.test);
			return network === undefined
				? undefined
				: { terms: [{ columns: [column], operator: 'network', values: [network] }] };
		},
	};
}

function networkOf(test: ComparisonTest): string | undefined {
	if (test.kind !== 'comparison' || test.negated || test.operator !== 'ISSUBSET') return undefined;
	const { value } = test;
	return value.kind === 'string' && /^[0-9a-f.:]{2,45}\/\d{1,3}$/i.test(value.value)
		? kqlString(value.value)
		: undefined;
}

/** What KQL calls a long. */
const MOST = 2n ** 63n - 1n;

/** Whole numbers. */
function number(column: Column): HuntSearch<KqlTerm> {
	const termOf = (operator: Operator, values: readonly PatternLiteral[]): HuntAnswer<KqlTerm> => {
		const texts: string[] = [];
		for (const value of values) {
			if (value.kind !== 'integer' || value.value < 0n || value.value > MOST)
				return { problem: 'the column takes whole numbers' };
			texts.push(String(value.value));
		}
		return { terms: [{ columns: [column], operator, values: texts }] };
	};
	return {
		operators: ['=', 'IN', '<', '<=', '>', '>='],
		ask: (question: HuntQuestion): HuntAnswer<KqlTerm> => {
			if (question.kind === 'is') return termOf('in', question.values);
			if (question.kind === 'like' || question.test.kind !== 'comparison' || question.test.negated) return undefined;
			const { operator, value } = question.test;
			if (operator !== '<' && operator !== '<=' && operator !== '>' && operator !== '>=') return undefined;
			return value.kind === 'integer' ? termOf(operator, [value]) : undefined;
		},
	};
}

const events = (...names: string[]): Column[] => names.map((name) => ({ table: 'EmailEvents', name }));
const link = (name: string): Column => ({ table: 'EmailUrlInfo', name });
const file = (name: string): Column => ({ table: 'EmailAttachmentInfo', name });

type Field = HuntField<KqlTerm>;
const field = (path: string, ...searches: HuntSearch<KqlTerm>[]): [string, Field] => [path, { searches, rows: [path] }];

/** Every object path that can be hunted, and the columns that say it. */
export const DEFENDER_FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
	field('email-addr:value', text(events('SenderFromAddress', 'SenderMailFromAddress', 'RecipientEmailAddress'))),
	field('email-addr:display_name', text(events('SenderDisplayName'))),
	field('email-message:from_ref.value', text(events('SenderFromAddress'))),
	field('email-message:sender_ref.value', text(events('SenderMailFromAddress'))),
	field('email-message:to_refs[*].value', text(events('RecipientEmailAddress'))),
	field('email-message:subject', text(events('Subject'))),
	field('email-message:message_id', text(events('InternetMessageId'))),
	field('email-message:x_network_message_id', text(events('NetworkMessageId'))),
	field('email-message:x_direction', text(events('EmailDirection'))),
	field('email-message:x_email_cluster_id'),
	field('email-message:x_authentication'),
	field('email-message:x_delivery_actions[*]', text(events('DeliveryAction'), true)),
	field('email-message:x_delivery_locations[*]', text(events('DeliveryLocation'), true)),
	field('email-message:x_latest_delivery_actions[*]', text(events('LatestDeliveryAction'), true)),
	field('email-message:x_latest_delivery_locations[*]', text(events('LatestDeliveryLocation'), true)),
	field('email-message:x_threat_types[*]', words(events('ThreatTypes'))),
	field('email-message:x_threat_names[*]', words(events('ThreatNames'))),
	field('email-message:date'),
	field('ipv4-addr:value', address(events('SenderIPv4')[0]!)),
	field('ipv6-addr:value', address(events('SenderIPv6')[0]!)),
	field('domain-name:value', text([...events('SenderFromDomain', 'SenderMailFromDomain'), link('UrlDomain')])),
	field('url:value', text([link('Url')])),
	field('file:name', text([file('FileName')])),
	field('file:hashes.SHA-256', text([file('SHA256')])),
	field('file:size', number(file('FileSize'))),
]);
