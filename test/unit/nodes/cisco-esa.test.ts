import { planHunt } from '../../../lib/esa';
import { esaClient } from '../../../nodes/CiscoEsa/appliance';
import * as hunt from '../../../nodes/CiscoEsa/message/hunt.operation';
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

it("n8n's log says how much of a pattern was left out, and not what", async () => {
	const lab = await EsaLab.start({ traffic: [] });
	const lines: string[] = [];
	const logger = { debug: () => undefined, warn: (line: string) => lines.push(line) };
	const credential = { url: lab.url, product: 'ESA', user: 'admin', passphrase: 'Lab-Passphrase-1' };
	const client = esaClient(credential, { logger, helpers: {} } as never);
	const links = "url:value = 'https://private.example/a' OR url:value = 'https://private.example/b'";
	for (const pattern of [`[${links}]`, `[${links} OR email-message:subject = 'very private']`]) {
		const parameters: Record<string, unknown> = { pattern, output: 'summary', lookBack: 1, lookBackUnit: 'days' };
		const context = {
			getInputData: () => [{ json: {} }],
			getNodeParameter: (name: string, _item: number, otherwise: unknown) => parameters[name] ?? otherwise,
			getNode: () => ({ name: 'Hunt' }),
			continueOnFail: () => false,
			addExecutionHints: () => undefined,
			logger,
		};
		await hunt.executeAll(context as never, () => Promise.resolve(client));
	}
	await client.close();
	await lab.stop();
	const told = 'Hunt: 2 alternatives of the pattern were left out (hunt-terms-not-searchable).';
	expect(lines.filter((line) => line.includes('left out'))).toEqual([told, told]);
	expect(lines.join('\n')).not.toContain('private');
});
