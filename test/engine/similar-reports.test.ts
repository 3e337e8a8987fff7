import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { attached, bytes, mixed, phish, wrapper } from '../unit/reported/corpus/mail';
import { chain, execute, FakeCredentials, node } from './engine';

// What a workflow sees of the other reports of a campaign: in the item, without a setting.

const PACK = 'n8n-nodes-email-intel';
const types = { [`${PACK}.emailToStix`]: new EmailToStix(), [`${PACK}.openCti`]: new OpenCti() };
const credentials = { emailIntelOpenCtiApi: { id: '1', name: 'o' } };
const ITEM_BUNDLE = { resource: 'report', operation: 'createFromEmail', contents: 'auto', options: {} };

let platform: OpenCtiLab;

beforeEach(async () => {
	platform = await startOpenCti();
});

afterEach(async () => {
	await platform.close();
});

const victim = (id: string, to: string, number: string) =>
	phish({ id, to, subject: `Your parcel ${number}`, text: `Pay at http://${id}.evil.example/track/pay.php?uid=${to}` });
const item = (raw: Buffer): INodeExecutionData => ({
	json: {},
	binary: { data: { data: raw.toString('base64'), mimeType: 'message/rfc822', fileName: 'mail.eml' } },
});

async function run(steps: { name: string; type: string; parameters: IDataObject }[], items: INodeExecutionData[]) {
	const nodes = steps.map(({ name, type, parameters }) => node(name, `${PACK}.${type}`, parameters, { credentials }));
	const result = await execute({
		types,
		nodes,
		connections: chain(...steps.map(({ name }) => name)),
		credentials: new FakeCredentials({ emailIntelOpenCtiApi: { url: platform.url, token: platform.token } }),
		startNode: steps[0]!.name,
		startItems: items,
	});
	expect(result.error()).toBeUndefined();
	return result.output(steps.at(-1)!.name)!.map(({ json }) => json);
}

const toStix = { name: 'STIX', type: 'emailToStix', parameters: { options: { campaignLabel: true } } };
const create = { name: 'Report', type: 'openCti', parameters: ITEM_BUNDLE };
const find = { name: 'Similar', type: 'openCti', parameters: { resource: 'report', operation: 'findSimilar' } };

describe('Find Similar', () => {
	it('puts the reports of the campaign into the item, before its report is made and after', async () => {
		await run([toStix, create], [item(bytes(victim('one', 'jane@corp.example', '4711')))]);
		const second = item(bytes(victim('two', 'hans@corp.example', '4712')));
		const [before] = await run([toStix, find], [second]);
		expect(before).toMatchObject({
			subject: 'Your parcel 4712',
			similar: {
				count: 1,
				complete: true,
				reports: [{ name: 'Your parcel 4711', matches: ['key', 'subject', 'urls'] }],
			},
		});
		const [after] = await run([toStix, create, find], [second]);
		expect(after).toMatchObject({ report: { created: true }, similar: { count: 1 } });
	});

	it('reads the message itself where no step did, and of a report the one that was reported', async () => {
		await run([toStix, create], [item(bytes(victim('one', 'jane@corp.example', '4711')))]);
		const inner = victim('two', 'hans@corp.example', '4712');
		const report = wrapper({ id: 'r1', subject: '3|Your parcel', body: mixed('', [attached(inner, 'mail.eml')]) });
		const [plain, reported] = await run([find], [item(bytes(inner)), item(bytes(report))]);
		expect(plain).toMatchObject({ similar: { count: 1, reports: [{ name: 'Your parcel 4711' }] } });
		expect(reported).toMatchObject({ similar: { count: 1, reports: [{ name: 'Your parcel 4711' }] } });
	});

	it('takes no key of another form from an item', async () => {
		const campaign = { key: '"}]}', subject: 7, text: 'zz', urls: [{}], sender: null };
		const [found] = await run(
			[find],
			[{ json: { campaign, messageId: '<a@b.example>', subject: 'Hello', text: 'Hi' } }],
		);
		expect(found).toMatchObject({
			similar: { count: 0, labels: [expect.stringMatching(/^campaign:/), expect.any(String)] },
		});
	});
});
