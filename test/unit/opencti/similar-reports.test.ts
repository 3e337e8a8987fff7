import { campaignLabels, type CampaignKeys } from '../../../lib/campaign';
import { OPENCTI_LIMITS } from '../../../lib/limits';
import { reportFromEmail } from '../../../lib/opencti';
import { email } from './messages';
import { closeWorlds, world, type World } from './world';

/** Reports of one campaign are found by the labels of its keys, from a message alone. */

const KEYS: CampaignKeys = {
	key: '00112233aabbccdd',
	subject: 'your parcel # is waiting',
	urls: ['http://*/track/*/pay.php?n&uid'],
	text: 'ffff0000ffff0000',
};
const TWIN: CampaignKeys = { ...KEYS, text: 'ffff0000ffff0003' };

let peer: World;

beforeEach(async () => {
	peer = await world();
});

afterEach(closeWorlds);

async function report(name: string, day: number, keys: CampaignKeys) {
	const message = email({
		messageId: `<${name}@evil.example>`,
		subject: name,
		date: new Date(Date.UTC(2026, 10, day)),
		receivedAt: new Date(Date.UTC(2026, 10, day)),
	});
	return await peer.client.createReport(reportFromEmail(message, { labels: campaignLabels(keys) }));
}

describe('reports of the same campaign', () => {
	it('are found by their keys, the one with the most of them first, then the newest, with what is alike', async () => {
		await report('Only the subject', 20, { subject: KEYS.subject! });
		await report('The same, older', 18, TWIN);
		await report('The same', 19, TWIN);
		await report('Another campaign', 21, { key: 'ffffffffffffffff', subject: 'invoice' });

		const found = await peer.client.similarReports(KEYS);
		expect(found).toMatchObject({ count: 3, complete: true, warnings: [], labels: campaignLabels(KEYS) });
		expect(found.reports).toMatchObject([
			{
				name: 'The same',
				published: '2026-11-19T00:00:00.000Z',
				matches: ['key', 'subject', 'urls'],
				matching: 3,
				textDistance: 2,
				url: expect.stringContaining('/dashboard/analyses/reports/'),
			},
			{ name: 'The same, older', matching: 3 },
			{ name: 'Only the subject', matches: ['subject'], matching: 1 },
		]);
		expect(found.reports[2]).not.toHaveProperty('textDistance');
	});

	it('are those of other messages: the own report is none of them', async () => {
		const own = await report('Own', 20, KEYS);
		await report('Other', 20, KEYS);
		const names = async (except: object) =>
			(await peer.client.similarReports(KEYS, { except })).reports.map(({ name }) => name);
		expect(await names({ id: own.id })).toEqual(['Other']);
		expect(await names({ id: own.standardId })).toEqual(['Other']);
		expect(await names({ messageId: ' <Own@evil.example> ' })).toEqual(['Other']);
		expect(await names({ messageId: undefined })).toHaveLength(2);
	});

	it('are none where the platform has no such label, and none is made for the question', async () => {
		expect(await peer.client.similarReports(KEYS)).toMatchObject({ reports: [], count: 0, complete: true });
		expect(await peer.client.similarReports({})).toMatchObject({ reports: [], labels: [] });
		expect(peer.lab.snapshot().labels).toEqual([]);
	});

	it('are as many as are asked for, and all are counted', async () => {
		for (const day of [1, 2, 3]) await report(`Report ${day}`, day, KEYS);
		const found = await peer.client.similarReports(KEYS, { limit: 2 });
		expect(found).toMatchObject({ count: 3, complete: true });
		expect(found.reports.map(({ name }) => name)).toEqual(['Report 3', 'Report 2']);
		await expect(peer.client.similarReports(KEYS, { limit: 0 })).rejects.toMatchObject({ code: 'OPENCTI_INPUT' });
	});

	it('are not read without end: the newest are looked at, and that there are more is told', async () => {
		const [label] = campaignLabels({ key: KEYS.key! });
		const { store } = peer.lab;
		const { id } = store.add('Label', { value: label });
		const most = OPENCTI_LIMITS.maxSimilarPages * 500;
		for (let n = 0; n <= most; n++) {
			const published = new Date(Date.UTC(2020, 0, 1) + n * 60_000).toISOString();
			const entity = store.add('Report', { name: `Bulk ${n}`, published });
			Object.assign(entity, { labels: [id], confidence: 50 });
		}
		const found = await peer.client.similarReports(KEYS);
		expect(found).toMatchObject({ count: most, complete: false, warnings: [{ code: 'similar-reports-omitted' }] });
		expect(found.reports[0]!.name).toBe(`Bulk ${most}`);
	});
});
