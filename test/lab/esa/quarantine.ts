import { badQuery } from './answers';
import type { LabMessage } from './message';
import { timestampText } from './rows';
import { parseQuery, windowOf } from './search';

const FILTERS: Record<string, string[]> = {
	spam: [
		'filterBy',
		'filterOperator',
		'filterValue',
		'envelopeRecipientFilterOperator',
		'envelopeRecipientFilterValue',
	],
	pvo: [
		'quarantines',
		'subjectFilterBy',
		'subjectFilterValue',
		'envelopeRecipientFilterBy',
		'envelopeRecipientFilterValue',
		'envelopeSenderFilterBy',
		'envelopeSenderFilterValue',
		'originatingEsaIp',
		'attachmentName',
		'attachmentSizeFilterBy',
		'attachmentSizeFromValue',
		'attachmentSizeToValue',
	],
};
const COMMON = ['quarantineType', 'startDate', 'endDate', 'offset', 'limit', 'orderBy', 'orderDir'];

/** The quarantines of the simulated appliance: every message that was quarantined by its status. */
export class Quarantine {
	readonly released: number[] = [];
	readonly deleted: number[] = [];
	/** Largest `limit` that is served. */
	maxLimit = Infinity;
	/** What `meta.totalCount` counts. */
	total: 'all' | 'page' = 'all';
	readonly #gone = new Set<number>();

	readonly #traffic: () => readonly LabMessage[];

	constructor(traffic: () => readonly LabMessage[]) {
		this.#traffic = traffic;
	}

	search(raw: string): object {
		const parameters = parseQuery(raw);
		const type = typeOf(parameters.get('quarantineType'));
		for (const name of parameters.keys()) {
			if (!COMMON.includes(name) && !FILTERS[type]?.includes(name)) throw badQuery(`Unexpected attribute - ${name}.`);
		}
		if (type === 'pvo' && !parameters.has('quarantines')) throw badQuery('Missing attribute - quarantines.');
		const { start, end } = windowOf(parameters);
		const offset = Number(parameters.get('offset'));
		const limit = Number(parameters.get('limit'));
		if (!Number.isInteger(offset) || !Number.isInteger(limit)) throw badQuery('Missing attribute - offset or limit.');
		const filters = filtersOf(type, parameters);
		const rows = this.#held().filter(
			(message) => message.time >= start && message.time <= end && filters.every((holds) => holds(message)),
		);
		const page = rows.slice(offset, offset + Math.min(limit, this.maxLimit));
		return {
			meta: { totalCount: this.total === 'all' ? rows.length : page.length },
			data: page.map((message) => ({ mid: message.mids[0], attributes: attributesOf(type, message) })),
		};
	}

	details(raw: string): object {
		const parameters = parseQuery(raw);
		const type = typeOf(parameters.get('quarantineType'));
		const message = this.#held().find(({ mids }) => String(mids[0]) === parameters.get('mid'));
		return { data: message === undefined ? {} : { mid: message.mids[0], attributes: attributesOf(type, message) } };
	}

	/** POST: release. DELETE: delete. */
	act(body: unknown, action: 'release' | 'delete'): object {
		const { quarantineType, mids, quarantineName, action: asked, ...rest } = (body ?? {}) as Record<string, unknown>;
		const type = typeOf(quarantineType);
		const [unknown] = Object.keys(rest);
		if (unknown !== undefined) throw badQuery(`Unexpected attribute - ${unknown}.`);
		if (action === 'release' && asked !== 'release') throw badQuery('Unexpected attribute - action.');
		if (type === 'pvo' && typeof quarantineName !== 'string') throw badQuery('Missing attribute - quarantineName.');
		if (!Array.isArray(mids) || !mids.every((mid) => Number.isInteger(mid)))
			throw badQuery('Unexpected attribute - mids.');
		const held = new Set(this.#held().map((message) => message.mids[0] as number));
		const hit = (mids as number[]).filter((mid) => held.has(mid));
		for (const mid of hit) this.#gone.add(mid);
		(action === 'release' ? this.released : this.deleted).push(...hit);
		return { data: { action, totalCount: hit.length } };
	}

	#held(): LabMessage[] {
		return this.#traffic().filter(
			({ mids, statuses }) =>
				!this.#gone.has(mids[0] as number) && Object.values(statuses).some((text) => text.startsWith('Quarantined')),
		);
	}
}

const OPERATORS: Record<string, Record<string, (text: string, value: string) => boolean>> = {
	spam: {
		is: (text, value) => text === value,
		contains: (text, value) => text.includes(value),
		begins_with: (text, value) => text.startsWith(value),
		ends_with: (text, value) => text.endsWith(value),
	},
	pvo: {
		matches_exactly: (text, value) => text === value,
		contains: (text, value) => text.includes(value),
		starts_with: (text, value) => text.startsWith(value),
		ends_with: (text, value) => text.endsWith(value),
	},
};

const TEXTS: Record<string, (message: LabMessage) => string[]> = {
	subject: ({ subject }) => [subject ?? ''],
	envelopeRecipient: ({ recipients }) => Object.values(recipients).flat(),
	envelopeSender: ({ sender }) => [sender],
	from_address: ({ from }) => from,
	to_address: ({ recipients }) => Object.values(recipients).flat(),
};

/** Operator and value have to come together. */
function filtersOf(type: 'spam' | 'pvo', parameters: Map<string, string>): Array<(message: LabMessage) => boolean> {
	const filter = (texts: (typeof TEXTS)[string] | undefined, operatorName: string, valueName: string) => {
		const operator = parameters.get(operatorName);
		const value = parameters.get(valueName);
		if (operator === undefined && value === undefined) return [];
		const compare = OPERATORS[type]?.[operator ?? ''];
		if (texts === undefined || compare === undefined) throw badQuery(`Unexpected attribute - ${operatorName}.`);
		if (value === undefined) throw badQuery(`Missing attribute - ${valueName}.`);
		return [(message: LabMessage) => texts(message).some((text) => compare(text.toLowerCase(), value.toLowerCase()))];
	};
	if (type === 'spam') {
		const by = parameters.get('filterBy') ?? '';
		return [
			...filter(by.startsWith('envelope') ? undefined : TEXTS[by], 'filterOperator', 'filterValue'),
			...filter(TEXTS.envelopeRecipient, 'envelopeRecipientFilterOperator', 'envelopeRecipientFilterValue'),
		];
	}
	const attachment = parameters.get('attachmentName');
	return [
		...['subject', 'envelopeRecipient', 'envelopeSender'].flatMap((name) =>
			filter(TEXTS[name], `${name}FilterBy`, `${name}FilterValue`),
		),
		...(attachment === undefined
			? []
			: [(message: LabMessage) => message.attachments.some(({ name }) => name.includes(attachment))]),
	];
}

function typeOf(value: unknown): 'spam' | 'pvo' {
	if (value === 'spam' || value === 'pvo') return value;
	throw badQuery('Missing attribute - quarantineType.');
}

function attributesOf(type: 'spam' | 'pvo', message: LabMessage): object {
	const recipients = Object.values(message.recipients).flat();
	const received = timestampText(message.time, '(GMT +00:00)').replace(/(\d\d:\d\d):\d\d/, '$1');
	const subject = message.subject ?? '';
	if (type === 'spam')
		return {
			envelopeRecipient: recipients,
			toAddress: recipients,
			fromAddress: message.from,
			subject,
			date: received,
			size: '448.90K',
		};
	return {
		sender: message.sender,
		fromAddress: message.from,
		subject,
		received,
		recipient: recipients,
		esaHostName: message.hostName,
		esaMid: message.mids[0],
		inQuarantines: 'Policy',
		originatingEsaIp: '192.0.2.200',
		quarantineForReason: ['content filter'],
		quarantineForReasonDict: [{ quarantineName: 'Policy', reason: ['content filter'] }],
		scheduledExit: received,
		size: '12K',
	};
}
