import { EsaClient, type QuarantineFields, type QuarantineSearch, type SearchFields } from '../../../lib/esa';
import { EsaLab, generateTraffic, type LabMessage } from '../../lab/esa';
import { FROM } from './patterns';

let lab: EsaLab;
let client: EsaClient;
beforeEach(async () => {
	lab = await EsaLab.start({ traffic: generateTraffic({ count: 250, from: FROM, durationMs: 3_600_000 }) });
	client = new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' });
});
afterEach(async () => {
	await client.close();
	await lab.stop();
});

const start = new Date(FROM);
const stop = new Date(FROM + 3_600_000);
const splintered = () => lab.traffic.find(({ mids }) => mids.length > 1) as LabMessage;

describe('details of a message', () => {
	it('come for a message with all its MIDs', async () => {
		const { serialNumber, mids, senderIp } = splintered();
		const details = await client.messageDetails({ serialNumber, mids });
		expect(details).toMatchObject({ mid: mids, sendingHostSummary: { ipAddress: senderIp } });
		expect(lab.requests.at(-1)?.query).toBe(
			`${mids.map((mid) => `mid=${mid}`).join('&')}&serialNumber=${serialNumber}`,
		);
		expect(await client.ampDetails({ serialNumber, mids })).toHaveProperty('ampDetails');
		expect(await client.dlpDetails({ serialNumber, mids })).toHaveProperty('dlpDetails');
		expect(await client.urlDetails({ serialNumber, mids })).toHaveProperty('urlDetails');
	});

	it('of the connection are not wrapped like the others', async () => {
		const { serialNumber, icid, senderGroup } = splintered();
		expect(await client.connectionDetails({ serialNumber, icid })).toMatchObject({
			senderGroup,
			messages: { summary: [expect.any(Object)] },
		});
	});

	it('of an unknown message: the appliance says 200, we say that there is none', async () => {
		await expect(client.messageDetails({ serialNumber: 'X', mids: [1] })).rejects.toMatchObject({
			code: 'ESA_NOT_FOUND',
		});
	});

	it.each([
		[{ serialNumber: 'X', mids: [] }],
		[{ serialNumber: 'X', mids: [-1] }],
		[{ serialNumber: 'X', mids: [1.5] }],
	])('%j is refused before it is sent', async (reference) => {
		await expect(client.messageDetails(reference)).rejects.toMatchObject({ code: 'ESA_CONFIGURATION' });
	});
});

describe('search by fields', () => {
	const midsBy = async (fields: Partial<SearchFields>) =>
		(await client.search({ start, stop, ...fields })).rows
			.map(({ attributes }) => (attributes.mid as number[])[0])
			.sort();
	const due = (test: (message: LabMessage) => boolean) =>
		lab.traffic
			.filter(test)
			.map(({ mids }) => mids[0])
			.sort();

	it('finds what the fields say, ANDed', async () => {
		expect(await midsBy({})).toEqual(due(() => true));
		expect(await midsBy({ subject: 'R&D budget' })).toEqual(due(({ subject }) => subject === 'R&D budget'));
		expect(await midsBy({ subject: { operator: 'begins_with', value: 'a' }, direction: 'incoming' })).toEqual(
			due(({ subject, direction }) => /^a/.test(subject ?? '') && direction === 'incoming'),
		);
		expect(await midsBy({ event: 'spamPositive', senderIp: '192.0.2.1' })).toEqual(
			due(({ flags, senderIp }) => flags.includes('spamPositive') && senderIp === '192.0.2.1'),
		);
		const { mids, attachments } = lab.traffic.find((message) => message.attachments.length > 0) as LabMessage;
		expect(await midsBy({ mid: mids[0] })).toEqual([mids[0]]);
		expect(await midsBy({ sha256: attachments[0]?.sha256.toUpperCase() })).toContain(mids[0]);
	});

	it('refused connections', async () => {
		const { rows } = await client.search({ start, stop, rejectedConnections: true });
		expect(rows[0]?.attributes).toMatchObject({ rejected: expect.any(String) });
	});

	test.each<[Partial<SearchFields>]>([
		[{ senderIp: 'everywhere' }],
		[{ sha256: 'abc' }],
		[{ mid: -1 }],
		[{ direction: 'sideways' as never }],
		[{ subject: '\ud800' }],
		[{ subject: { operator: 'regex' as never, value: 'x' } }],
		[{ event: 'a=b&c' as 'graymail' }],
		[{ start: 'yesterday' }],
	])('%j is refused by name', async (fields) => {
		await expect(client.search({ start, stop, ...fields })).rejects.toMatchObject({
			code: 'HUNT_VALUE_REFUSED',
			message: expect.stringContaining(Object.keys(fields)[0] as string),
		});
		expect(lab.requests).toEqual([]);
	});
});

describe('quarantine', () => {
	it('is searched page by page', async () => {
		const { rows, truncated } = await client.searchQuarantine({
			type: 'pvo',
			start,
			stop,
			quarantines: ['Policy', 'File Analysis'],
		});
		const held = lab.traffic.filter(({ statuses }) =>
			Object.values(statuses).some((text) => text.startsWith('Quarantined')),
		);
		expect(rows.map(({ mid }) => mid)).toEqual(held.map(({ mids }) => mids[0]));
		expect(truncated).toBe(false);
		expect(await client.quarantinedDetails('pvo', rows[0]?.mid as number)).toMatchObject({ mid: rows[0]?.mid });
		await expect(client.quarantinedDetails('pvo', 1)).rejects.toMatchObject({ code: 'ESA_NOT_FOUND' });
	});

	test.each<[QuarantineSearch['type'], QuarantineFields, (message: LabMessage) => boolean]>([
		['pvo', { subject: 'R&D' }, ({ subject = '' }) => subject.includes('R&D')],
		['pvo', { subject: 'invoice', operator: 'begins_with' }, ({ subject = '' }) => /^invoice/i.test(subject)],
		[
			'pvo',
			{ sender: 'bounce+id=42=bob@mail.example.net', operator: 'is' },
			({ sender }) => sender.startsWith('bounce+'),
		],
		[
			'pvo',
			{ recipient: '.org', operator: 'ends_with', attachmentName: 'setup' },
			({ recipients, attachments }) =>
				Object.values(recipients)
					.flat()
					.some((one) => one.endsWith('.org')) && attachments.some(({ name }) => name === 'setup.exe'),
		],
		['spam', { subject: 'invoice' }, ({ subject = '' }) => /invoice/i.test(subject)],
		[
			'spam',
			{ sender: 'example.com', recipient: 'bob@example.com' },
			({ from, recipients }) =>
				from.some((one) => /example\.com/i.test(one)) && Object.values(recipients).flat().includes('bob@example.com'),
		],
	])('%s is searched by %j', async (type, fields, holds) => {
		const quarantines = type === 'pvo' ? { quarantines: ['Policy'] } : {};
		const { rows } = await client.searchQuarantine({ type, start, stop, fields, ...quarantines });
		const due = lab.traffic.filter(
			(message) => Object.values(message.statuses).some((text) => text.startsWith('Quarantined')) && holds(message),
		);
		expect(due.length).toBeGreaterThan(0);
		expect(rows.map(({ mid }) => mid)).toEqual(due.map(({ mids }) => mids[0]));
	});

	it.each([
		['all', 100],
		['all', 7],
		['page', 100],
	] as const)('is read to its end when the total is that of %s and pages hold %i', async (total, maxLimit) => {
		lab.traffic = lab.traffic.map((message) => ({
			...message,
			statuses: { [message.mids[0]!]: 'Quarantined by AMP' },
		}));
		Object.assign(lab.quarantine, { total, maxLimit });
		const { rows, truncated } = await client.searchQuarantine({ type: 'spam', start, stop });
		expect(rows.map(({ mid }) => mid)).toEqual(lab.traffic.map(({ mids }) => mids[0]));
		expect(truncated).toBe(false);
		const few = await client.searchQuarantine({ type: 'spam', start, stop }, { maxRows: 120 });
		expect(few).toMatchObject({ rows: rows.slice(0, 120), truncated: true });
	});

	it('messages are released and deleted when that is asked for, and by nothing else', async () => {
		const { rows } = await client.searchQuarantine({ type: 'spam', start, stop });
		const [first, second] = rows.map(({ mid }) => mid) as [number, number];
		expect(lab.quarantine.released).toEqual([]);
		expect(await client.releaseQuarantined({ type: 'spam', mids: [first] })).toBe(1);
		expect(await client.deleteQuarantined({ type: 'pvo', mids: [second, 1], quarantine: 'Policy' })).toBe(1);
		expect(lab.quarantine.released).toEqual([first]);
		expect(lab.quarantine.deleted).toEqual([second]);
	});

	it('a release that breaks is not repeated by itself', async () => {
		await client.login();
		lab.fail({ on: '/quarantine/messages', what: { kind: 'status', status: 503 } });
		await expect(client.releaseQuarantined({ type: 'spam', mids: [1] })).rejects.toMatchObject({
			code: 'ESA_UNAVAILABLE',
		});
		expect(
			lab.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/quarantine/messages')),
		).toHaveLength(1);
	});

	it('what cannot be meant is refused', async () => {
		await expect(client.releaseQuarantined({ type: 'spam', mids: [] })).rejects.toMatchObject({
			code: 'ESA_CONFIGURATION',
		});
		await expect(client.deleteQuarantined({ type: 'pvo', mids: [1] })).rejects.toMatchObject({
			code: 'ESA_CONFIGURATION',
		});
		const searches: QuarantineSearch[] = [
			{ type: 'pvo', start, stop },
			{ type: 'pvo', start, stop, quarantines: ['Policy,Virus'] },
			{ type: 'spam', start: stop, stop: start },
			{ type: 'spam', start: new Date('yesterday'), stop },
			{ type: 'spam', start, stop, fields: { attachmentName: 'setup.exe' } },
			{ type: 'spam', start, stop, fields: { sender: 'alice', subject: 'invoice' } },
			{ type: 'spam', start, stop, fields: { sender: 'alice', operator: 'like' as never } },
		];
		for (const search of searches) {
			await expect(client.searchQuarantine(search)).rejects.toMatchObject({ code: 'ESA_CONFIGURATION' });
		}
		expect(lab.requests).toEqual([]);
	});
});
