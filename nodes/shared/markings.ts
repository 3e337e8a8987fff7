import type { INodeProperties } from 'n8n-workflow';

/** TLP 2.0 levels, as the pack's options name them. */
export const tlpProperty: INodeProperties = {
	displayName: 'TLP Marking',
	name: 'tlp',
	type: 'options',
	options: [
		{ name: 'TLP:AMBER', value: 'amber' },
		{ name: 'TLP:AMBER+STRICT', value: 'amber+strict' },
		{ name: 'TLP:CLEAR', value: 'clear' },
		{ name: 'TLP:GREEN', value: 'green' },
		{ name: 'TLP:RED', value: 'red' },
	],
	default: 'amber+strict',
	description: 'Who the result can be shared with (Traffic Light Protocol 2.0)',
};
