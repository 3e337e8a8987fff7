import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import { exampleMessages } from '../engine/exampleWorkflow';

const messages = new Map(exampleMessages().map(({ name, raw }) => [name, raw]));
const defanged = () => messages.get('08-defanged-indicators.eml')!;

describeNodeRed('the nodes that need no account', () => {
	let red: NodeRed;
	beforeEach(() => {
		red = new NodeRed();
	});
	afterEach(async () => await red.unload());

	const FLOW = [
		{ id: 'tab', type: 'tab', label: 'Test' },
		{ id: 'stix', z: 'tab', type: 'email-intel-email-to-stix', wires: [['out']] },
		{ id: 'out', z: 'tab', type: 'helper', wires: [] },
	];

	it('email to stix makes a bundle of a raw message', async () => {
		await red.load(FLOW);
		const { payload } = (await red.run('stix', { payload: defanged() })) as {
			payload: { bundle: object; subject: string };
		};
		expect(payload).toMatchObject({
			bundle: { type: 'bundle' },
			complete: true,
			subject: 'Phishing wave against finance: indicators',
		});
	});
});
