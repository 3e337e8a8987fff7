import fc from 'fast-check';
import { EsaClient, planHunt } from '../../../lib/esa';
import { HuntError } from '../../../lib/hunt';
import { EsaLab, generateTraffic, type LabMessage } from '../../lab/esa';
import { FROM, quote } from './patterns';

const WINDOW = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`;

let lab: EsaLab;
let client: EsaClient;
beforeAll(async () => {
	lab = await EsaLab.start({ traffic: [] });
	client = new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' });
});
afterAll(async () => {
	await client.close();
	await lab.stop();
});

const [template] = generateTraffic({ count: 1, from: FROM, durationMs: 3_600_000 }) as [LabMessage];
const other: LabMessage = { ...template, mids: [2], subject: 'another one' };

async function foundBy(subject: string): Promise<number[]> {
	lab.traffic = [
		{ ...template, mids: [1], subject, events: { threatName: [subject] } },
		{ ...other, events: {} },
	];
	const bySubject = await client.hunt(planHunt(`[email-message:subject = ${quote(subject)}] ${WINDOW}`));
	const byEvent = await client.hunt(planHunt(`[x-cisco-email-msgevent:threat_name = ${quote(subject)}] ${WINDOW}`));
	expect(byEvent.rows.map(({ attributes }) => attributes.mid)).toEqual(
		bySubject.rows.map(({ attributes }) => attributes.mid),
	);
	return bySubject.rows.flatMap(({ attributes }) => attributes.mid as number[]);
}

it.each([
	'a&deliveryStatus=DROPPED',
	'a&limit=1',
	'a&searchOption=rejected_connections',
	'R&D budget',
	'a=b',
	'100%',
	'%26',
	'a+b c',
	'a,b;c',
	'it\'s \\ "quoted"',
	'#fragment?',
	'line one\r\nline two\u0000\u007f',
	'Überweisung 請求書 📎',
	'../../login',
])('a value %j reaches the appliance as it is', async (subject) => {
	expect(await foundBy(subject)).toEqual([1]);
});

it('any value reaches the appliance as it is, or is refused by name', async () => {
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (subject) => {
			fc.pre(subject !== '(No Subject)');
			expect(await foundBy(subject)).toEqual([1]);
		}),
		{ numRuns: 100 },
	);
	expect(() => planHunt(`[x-cisco-email-msgevent:threat_name = '\udc00'] ${WINDOW}`)).toThrow(HuntError);
});

it('no query has a parameter that the pattern did not ask for', async () => {
	await foundBy('x&ciscoMid=7&');
	const names = lab.requests
		.filter(({ path }) => path.endsWith('/messages'))
		.flatMap(({ query }) => query.split('&').map((pair) => pair.split('=')[0]));
	expect([...new Set(names)].sort()).toEqual([
		'endDate',
		'limit',
		'offset',
		'searchOption',
		'startDate',
		'subjectfilterOperator',
		'subjectfilterValue',
		'threatName',
	]);
});
