import { EsaClient, planHunts, type EsaHuntResult } from '../../../lib/esa';
import type { HuntPlan } from '../../../lib/hunt';
import { EsaLab, generateTraffic } from '../../lab/esa';
import { FROM } from './patterns';

const WINDOW = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`;

let lab: EsaLab;
let client: EsaClient;
beforeAll(async () => {
	lab = await EsaLab.start({ traffic: generateTraffic({ count: 60, from: FROM, durationMs: 3_600_000 }) });
	client = new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' });
});
afterAll(async () => {
	await client.close();
	await lab.stop();
});

it('the appliance is asked once what many hunts ask alike, and each hunt finds what it finds alone', async () => {
	const senders = [...new Set(lab.traffic.map(({ sender }) => sender))].filter((sender) => sender !== '').slice(0, 5);
	const patterns = Array.from({ length: 40 }, (_, index) => {
		const [one, other] = [senders[index % senders.length]!, senders[(index + 1) % senders.length]!];
		const quoted = [one, other].map((sender) => `'${sender.replace(/[\\']/g, '\\$&')}'`);
		return `[email-message:sender_ref.value IN (${quoted.join(', ')})] ${WINDOW}`;
	});
	const plans = planHunts(patterns) as HuntPlan[];
	expect(client.costOf(plans)).toEqual({ queries: senders.length, requests: senders.length, minutes: 0 });
	const before = lab.requests.length;
	const results = (await client.huntAll(plans)) as EsaHuntResult[];
	const searches = lab.requests.slice(before).filter(({ path }) => path.endsWith('/messages'));
	expect(searches).toHaveLength(senders.length);
	// Side by side, and by one login.
	expect(lab.requests.filter(({ path }) => path.endsWith('/login'))).toHaveLength(1);
	expect(new Set(searches.map(({ query }) => query)).size).toBe(senders.length);
	for (const [index, plan] of plans.slice(0, senders.length).entries()) {
		const { rows } = await client.hunt(plan);
		expect(results[index]!.rows).toEqual(rows);
		expect(rows.length).toBeGreaterThan(0);
	}
});
