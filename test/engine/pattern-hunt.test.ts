import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { EsaLab } from '../lab/esa';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { huntTraffic } from '../lab/scenario/huntTraffic';
import { execute, FakeCredentials } from './engine';
import { exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.ciscoEsa': new CiscoEsa(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
};
const LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let platform: OpenCtiLab;
let appliance: EsaLab;

beforeEach(async () => {
	platform = await startOpenCti();
	appliance = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...LOGIN });
});

afterEach(async () => {
	await platform.close();
	await appliance.stop();
});

describe('pattern-hunt', () => {
	it('brings what a pattern finds to OpenCTI', async () => {
		const { nodes, connections } = exampleWorkflow('pattern-hunt');
		const result = await execute({
			types,
			nodes: nodes.filter(({ type }) => type.startsWith('n8n-nodes-email-intel.')),
			connections,
			credentials: new FakeCredentials({
				emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
				emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...LOGIN },
			}),
			startNode: 'Hunt',
			startItems: [{ json: {} }],
		});
		expect(result.error()).toBeUndefined();
		expect(result.output('Hunt')![0]!.json.hunt).toMatchObject({ matches: 3, complete: true });
		expect(result.output('Import Bundle')![0]!.json).toMatchObject({ imported: { mode: 'direct', complete: true } });
		expect(platform.snapshot().counts['Email-Message']).toBeGreaterThanOrEqual(2);
	});
});
