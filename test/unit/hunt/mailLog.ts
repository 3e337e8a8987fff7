import type {
	HuntAnswer,
	HuntField,
	HuntQuestion,
	HuntSearch,
	HuntTarget,
	HuntWindow,
	ReadBudget,
} from '../../../lib/hunt';
import type { PatternLiteral } from '../../../lib/pattern';

/*
 * A target as unlike message tracking as a hunt has to bear: a log of mails that is asked one boolean expression a query, with
 * lists, endings, numbers and networks; it ignores case and answers in whole hours.
 */

export interface LoggedMail {
	id: string;
	/** Epoch milliseconds. */
	time: number;
	from: string;
	to: string[];
	/** Rows show it, no search finds it. */
	cc: string[];
	subject: string;
	urls: string[];
	ip: string;
	score: number;
	/** Searched, and not in rows. */
	files: string[];
}

export type Column = Exclude<keyof LoggedMail, 'id' | 'time' | 'cc'>;

export interface Condition {
	column: Column;
	operator: 'in' | 'begins' | 'ends' | 'contains' | 'regex' | 'less' | 'more' | 'network';
	values: Array<string | number>;
}

interface Query {
	any: Condition[][];
	from: number;
	to: number;
}

const HOUR = 3_600_000;

const textOf = (literal: PatternLiteral): string | undefined => (literal.kind === 'string' ? literal.value : undefined);

function found(column: Column, operator: Condition['operator'], ...values: Array<string | number>): Condition {
	return { column, operator, values };
}

/** Texts: lists, and LIKE in every form. */
const text = (column: Column): HuntSearch<Condition> => ({
	operators: ['=', 'IN', 'LIKE'],
	ask: (question: HuntQuestion): HuntAnswer<Condition> => {
		if (question.kind === 'is') {
			const texts = question.values.map(textOf).filter((one) => one !== undefined);
			if (texts.length < question.values.length) return { problem: 'the column takes text' };
			return { terms: [found(column, 'in', ...texts)] };
		}
		if (question.kind === 'like') {
			const { before, after } = question;
			if (!before && !after) return { terms: [found(column, 'in', question.text)] };
			return { terms: [found(column, before && after ? 'contains' : after ? 'begins' : 'ends', question.text)] };
		}
		const { test } = question;
		const like = test.kind === 'comparison' && test.operator === 'LIKE' ? textOf(test.value) : undefined;
		if (like === undefined || (test.kind === 'comparison' && test.negated)) return undefined;
		// One character of STIX can be two of the log's, which knows no NFC.
		const regex = like
			.replace(/[^\w%]/g, '\\$&')
			.replaceAll('%', '[^]*')
			.replaceAll('_', '[^]+');
		return { terms: [found(column, 'regex', `^${regex}$`)], wider: true };
	},
});

const number = (column: Column): HuntSearch<Condition> => ({
	operators: ['=', 'IN', '<', '>'],
	ask: (question) => {
		const numberOf = (literal: PatternLiteral) => (literal.kind === 'integer' ? Number(literal.value) : NaN);
		if (question.kind === 'is') return { terms: [found(column, 'in', ...question.values.map(numberOf))] };
		if (question.kind !== 'test' || question.test.kind !== 'comparison' || question.test.negated) return undefined;
		const { operator, value } = question.test;
		if (operator !== '<' && operator !== '>') return undefined;
		return { terms: [found(column, operator === '<' ? 'less' : 'more', numberOf(value))] };
	},
});

const network = (column: Column): HuntSearch<Condition> => ({
	operators: ['=', 'IN', 'ISSUBSET'],
	ask: (question) => {
		if (question.kind !== 'test') return text(column).ask(question);
		const { test } = question;
		if (test.kind !== 'comparison' || test.operator !== 'ISSUBSET' || test.negated) return undefined;
		return { terms: [found(column, 'network', textOf(test.value) ?? '')] };
	},
});

export const FIELDS = new Map<string, HuntField<Condition>>([
	['email-message:from_ref.value', { searches: [text('from')], rows: ['email-message:from_ref.value'] }],
	['email-message:subject', { searches: [text('subject')], rows: ['email-message:subject'] }],
	['email-message:x_score', { searches: [number('score')], rows: ['email-message:x_score'], integer: true }],
	['email-message:date', { searches: [], rows: ['email-message:date'] }],
	[
		'email-addr:value',
		{
			searches: [text('from'), text('to')],
			rows: ['email-addr:value'],
			beyond: { searched: 'From and To', elsewhere: 'Cc' },
		},
	],
	['url:value', { searches: [text('urls')], rows: ['url:value'] }],
	['ipv4-addr:value', { searches: [network('ip')], rows: ['ipv4-addr:value'] }],
	['file:name', { searches: [text('files')] }],
]);

export class MailLog implements HuntTarget<Condition, LoggedMail> {
	readonly name = 'the log';
	readonly help = 'its manual';
	readonly fields = FIELDS;
	readonly limits = { alternativesPerQuery: 4, maxQueries: 200 };
	mails: LoggedMail[] = [];
	/** What was asked. */
	asked: string[] = [];

	encode(any: ReadonlyArray<readonly Condition[]>, { start, stop }: HuntWindow): string {
		const query = { any, from: Math.floor(start / HOUR) * HOUR, to: Math.ceil(stop / HOUR) * HOUR };
		return JSON.stringify(query);
	}

	read(query: string, budget: ReadBudget, signal?: AbortSignal): Promise<LoggedMail[]> {
		signal?.throwIfAborted();
		this.asked.push(query);
		const { any, from, to } = JSON.parse(query) as Query;
		const all = this.mails.filter(
			(mail) =>
				mail.time >= from &&
				mail.time < to &&
				any.some((conditions) => conditions.every((condition) => isMet(condition, mail))),
		);
		const rows = all.slice(0, budget.left);
		budget.counts.requests++;
		budget.counts.read += rows.length;
		if (rows.length < all.length) budget.truncated = true;
		return Promise.resolve(rows);
	}

	keysOf({ id }: LoggedMail): string[] {
		return [id];
	}

	timeOf({ time }: LoggedMail): number {
		return time;
	}

	observables(mail: LoggedMail): object[] {
		const addresses = [...new Set([mail.from, ...mail.to, ...mail.cc])];
		const refs = (values: string[]) => values.map((value) => `email-addr--${addresses.indexOf(value)}`);
		return [
			...addresses.map((value, index) => ({ type: 'email-addr', id: `email-addr--${index}`, value })),
			...mail.urls.map((value) => ({ type: 'url', value })),
			{ type: 'ipv4-addr', value: mail.ip },
			{
				type: 'email-message',
				from_ref: refs([mail.from])[0],
				to_refs: refs(mail.to),
				cc_refs: refs(mail.cc),
				subject: mail.subject,
				date: new Date(mail.time).toISOString(),
				x_score: mail.score,
			},
		];
	}
}

function isMet({ column, operator, values }: Condition, mail: LoggedMail): boolean {
	const own = [mail[column]].flat();
	return own.some((one) => values.some((value) => COMPARE[operator](plain(one), plain(value))));
}

const plain = <T extends string | number>(value: T): T =>
	typeof value === 'string' ? (value.toLowerCase() as T) : value;

const COMPARE: Readonly<Record<Condition['operator'], (one: string | number, value: string | number) => boolean>> = {
	in: (one, value) => one === value,
	begins: (one, value) => String(one).startsWith(String(value)),
	ends: (one, value) => String(one).endsWith(String(value)),
	contains: (one, value) => String(one).includes(String(value)),
	regex: (one, value) => new RegExp(String(value)).test(String(one)),
	less: (one, value) => one < value,
	more: (one, value) => one > value,
	network: (one, value) => {
		const [address = '', bits = '32'] = String(value).split('/');
		const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
		const size = 2 ** (32 - Number(bits));
		return Math.floor(number(String(one)) / size) === Math.floor(number(address) / size);
	},
};
