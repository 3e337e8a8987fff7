import { planHunt } from '../../../lib/esa';
import { esaClient } from '../../../nodes/CiscoEsa/appliance';
import { EsaLab } from '../../lab/esa';

it("n8n's log says what the appliance is asked, and neither secrets nor what is looked for", async () => {
	const lab = await EsaLab.start({ traffic: [] });
	const lines: string[] = [];
	const logger = { debug: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
	const credential = { url: lab.url, product: 'ESA', user: 'admin', passphrase: 'Lab-Passphrase-1' };
	const client = esaClient(credential, { logger, helpers: {} } as never);
	await client.hunt(planHunt("[email-message:subject = 'very private']"));
	await client.search({ start: '2026-01-01T00:00Z', stop: '2026-01-02T00:00Z', sender: 'private@example.com' });
	await client.close();
	await lab.stop();
	const calls = ['POST', 'GET', 'GET'].map((method, i) => [method, i === 0 ? 'login' : 'message-tracking/messages']);
	expect(lines).toEqual(
		calls.map(([method, path]) => expect.stringContaining(`${method} ${lab.url}/esa/api/v2.0/${path}: `)),
	);
	expect(lines.join('\n')).not.toMatch(/private|Passphrase|startDate|jwt/i);
});
