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
	private readonly gone = new Set<number>();

	private readonly traffic: () => readonly LabMessage[];

	constructor(traffic: () => readonly LabMessage[]) {
		this.traffic = traffic;
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
		const rows = this.held().filter(({ time }) => time >= start && time <= end);
		return {
			meta: { totalCount: rows.length },
			data: rows
				.slice(offset, offset + limit)
				.map((message) => ({ mid: message.mids[0], attributes: attributesOf(type, message) })),
		};
	}

	details(raw: string): object {
		const parameters = parseQuery(raw);
		const type = typeOf(parameters.get('quarantineType'));
		const message = this.held().find(({ mids }) => String(mids[0]) === parameters.get('mid'));
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
		const held = new Set(this.held().map((message) => message.mids[0] as number));
		const hit = (mids as number[]).filter((mid) => held.has(mid));
		for (const mid of hit) this.gone.add(mid);
		(action === 'release' ? this.released : this.deleted).push(...hit);
		return { data: { action, totalCount: hit.length } };
	}

	private held(): LabMessage[] {
		return this.traffic().filter(
			({ mids, statuses }) =>
				!this.gone.has(mids[0] as number) && Object.values(statuses).some((text) => text.startsWith('Quarantined')),
		);
	}
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
