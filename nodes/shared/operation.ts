import type { INodeExecutionData, INodeProperties, INodePropertyOptions, IExecuteFunctions } from 'n8n-workflow';

/** One operation of a node: its entry in the Operation list, its parameters and what it does, all in one file. */
export interface OperationModule<Services = undefined> {
	option: INodePropertyOptions;
	description: INodeProperties[];
	execute(
		context: IExecuteFunctions,
		itemIndex: number,
		services: Services,
	): Promise<INodeExecutionData | INodeExecutionData[]>;
}

/** Shows properties only for an operation (and resource). */
export function shownFor(show: Record<string, string[]>, properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: { ...property.displayOptions, show: { ...property.displayOptions?.show, ...show } },
	}));
}

/** Words of a comma-separated list, or of a list that an expression gives, without blanks and empties. */
export function listOf(text: unknown): string[] {
	if (Array.isArray(text)) return (text as unknown[]).filter((word) => typeof word === 'string').flatMap(listOf);
	if (typeof text !== 'string') return [];
	return text
		.split(',')
		.map((word) => word.trim())
		.filter((word) => word !== '');
}
