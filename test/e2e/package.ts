import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
	ICredentialType,
	INode,
	INodeParameters,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

const root = join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
};

export interface PackageNode {
	description: INodeTypeDescription;
	/** As n8n knows it: `n8n-nodes-email-intel.imapTrigger`. */
	type: string;
	/** Words of its codex file that the node panel finds it by. */
	alias: string[];
	/** For file names: `microsoft-365-mailbox-trigger`. */
	slug: string;
}

const load = <T>(path: string): T => {
	const file = join(root, path);
	if (!existsSync(file)) throw new Error(`${path} is not built: run npm run build first`);
	const Class = (require(file) as Record<string, new () => T>)[basename(path).split('.')[0]!]!;
	return new Class();
};

/** Every node that package.json names, as built. */
export const nodes: PackageNode[] = manifest.n8n.nodes.map((path) => {
	const { description } = load<INodeType>(path) as { description: INodeTypeDescription };
	const { alias } = JSON.parse(readFileSync(join(root, path.replace(/\.js$/, '.json')), 'utf8')) as { alias: string[] };
	return {
		description,
		alias,
		type: `${manifest.name}.${description.name}`,
		slug: description.displayName.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
	};
});

export const credentials = manifest.n8n.credentials.map((path) => load<ICredentialType>(path));

export const isTrigger = ({ description }: PackageNode) => description.group.includes('trigger');

/** Where several credentials are possible: the one of the default way in. */
export function defaultCredential(description: INodeTypeDescription): string | undefined {
	const isDefault = ([name, allowed]: [string, unknown]) =>
		(allowed as unknown[]).includes(description.properties.find((property) => property.name === name)?.default);
	const choices = (description.credentials ?? []).filter(({ displayOptions }) => displayOptions?.show !== undefined);
	return choices.find(({ displayOptions }) => Object.entries(displayOptions!.show!).every(isDefault))?.name;
}

/** The fields that a credential's dialog shows for this data. */
export function credentialFields({ properties }: ICredentialType, data: Record<string, unknown>): string[] {
	const defaults = Object.fromEntries(properties.map((property) => [property.name, property.default]));
	const values = { ...defaults, ...data } as INodeParameters;
	return properties
		.filter((property) => property.type !== 'hidden' && NodeHelpers.displayParameter(values, property, null, null))
		.map(({ name }) => name);
}

const FIELDS = new Set([
	'string',
	'number',
	'boolean',
	'options',
	'multiOptions',
	'resourceLocator',
	'json',
	'dateTime',
]);

/** One way to use a node: its resource and operation, as shown and as stored. Triggers have one, without either. */
export interface Use {
	action?: string;
	/** Display names to choose, by parameter. */
	choices: [parameter: string, option: string][];
	values: Record<string, string>;
	isDefault: boolean;
}

/** Every use of a node that its description offers, the default one first. */
export function usesOf(description: INodeTypeDescription): Use[] {
	const resource = description.properties.find(({ name }) => name === 'resource');
	const resources = (resource?.options ?? [undefined]) as (INodePropertyOptions | undefined)[];
	const uses = resources.flatMap((option): Use[] => {
		const values: Record<string, string> = option === undefined ? {} : { resource: String(option.value) };
		const operation = shownProperties(description, values).find(({ name }) => name === 'operation');
		if (operation === undefined) return [{ choices: [], values, isDefault: true }];
		return (operation.options as INodePropertyOptions[]).map(({ name, value, action }) => ({
			...(action === undefined ? {} : { action }),
			choices: [
				...(option === undefined ? [] : [['resource', option.name] as [string, string]]),
				['operation', name] as [string, string],
			],
			values: { ...values, operation: String(value) },
			isDefault: (resource === undefined || option?.value === resource.default) && value === operation.default,
		}));
	});
	return uses.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

/** The properties that a node shows when only these values are set and all others have their defaults. */
export function shownProperties(description: INodeTypeDescription, values: Record<string, string>): INodeProperties[] {
	const node = { typeVersion: 1, parameters: values } as unknown as INode;
	const { properties } = description;
	const parameters = NodeHelpers.getNodeParameters(properties, values, true, false, node, description) ?? {};
	// What chooses between credentials has no field of its own: n8n puts it into the list of credentials.
	const choosers = new Set(
		(description.credentials ?? []).flatMap(({ displayOptions }) => Object.keys(displayOptions?.show ?? {})),
	);
	const inCredentials = ({ name }: INodeProperties) =>
		choosers.has(name) && name !== 'resource' && name !== 'operation';
	return properties.filter(
		(property) => !inCredentials(property) && NodeHelpers.displayParameter(parameters, property, node, description),
	);
}

/** Names of the plain fields among them. */
export const fieldNames = (properties: INodeProperties[]) =>
	properties.filter(({ type }) => FIELDS.has(type)).map(({ name }) => name);

/** What "Add option" offers, when there is such a button. */
export function optionNames(properties: INodeProperties[], values: Record<string, string>): string[] | undefined {
	const collection = properties.find(({ type }) => type === 'collection');
	if (collection === undefined) return undefined;
	const options = collection.options as INodeProperties[];
	// Conditions are on the node's parameters (/name) or on other options, which have their defaults.
	const valueOf = (name: string) =>
		name.startsWith('/') ? values[name.slice(1)] : options.find((option) => option.name === name)?.default;
	const show = ({ displayOptions }: INodeProperties) =>
		Object.entries(displayOptions?.show ?? {}).every(([name, allowed]) =>
			(allowed as unknown[]).includes(valueOf(name)),
		);
	return options.filter(show).map(({ displayName }) => displayName);
}
