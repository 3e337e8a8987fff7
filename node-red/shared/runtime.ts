/* The part of Node-RED that this package uses. Its own types are a package of thousands of names, none of them of the runtime's core. */

/** What travels between nodes. */
export interface FlowMessage {
	_msgid?: string;
	topic?: unknown;
	payload?: unknown;
	[name: string]: unknown;
}

/** What a node shows below itself. */
export interface NodeStatus {
	fill?: 'blue' | 'green' | 'grey' | 'red' | 'yellow';
	shape?: 'dot' | 'ring';
	text?: string;
}

/** What may be sent: a message to the first output, or a list for each. */
export type Sent = FlowMessage | FlowMessage[] | (FlowMessage | FlowMessage[] | null)[];
export type Send = (messages: Sent) => void;
export type Done = (error?: Error) => void;

/** Values by name, in one of the stores that settings.js configures. */
export interface ContextScope {
	get(
		key: string,
		store: string | undefined,
		callback: (error: Error | null | undefined, value?: unknown) => void,
	): void;
	set(key: string, value: unknown, store: string | undefined, callback: (error?: Error | null) => void): void;
}

/** A node of a flow, as `RED.nodes.createNode` makes it of an object. */
export interface FlowNode {
	id: string;
	type: string;
	name?: string;
	credentials?: Record<string, string | undefined>;
	on(event: 'input', listener: (message: FlowMessage, send: Send, done: Done) => void): void;
	on(event: 'close', listener: (removed: boolean, done: () => void) => void): void;
	send(messages: Sent): void;
	status(status: NodeStatus): void;
	error(error: unknown, message?: FlowMessage): void;
	warn(text: string): void;
	log(text: string): void;
	debug(text: string): void;
	context(): ContextScope & { global: ContextScope };
}

/** What the editor stored of a node. Anybody may write a flow by hand: nothing of it is sure. */
export type NodeConfig = Record<string, unknown> & { id: string; type: string };

/** A request to the editor's server. Its body is parsed JSON. */
export interface AdminRequest {
	body?: unknown;
	params: Record<string, string>;
}

export interface AdminResponse {
	status(code: number): AdminResponse;
	json(body: unknown): void;
}

export type AdminHandler = (request: AdminRequest, response: AdminResponse, next: (error?: unknown) => void) => void;

/** `RED`, as each node's file gets it. */
export interface Runtime {
	nodes: {
		createNode(node: object, config: NodeConfig): void;
		registerType(
			type: string,
			constructor: (this: FlowNode, config: NodeConfig) => void,
			options?: { credentials?: Record<string, { type: 'password' | 'text' }> },
		): void;
		getNode(id: string): FlowNode | null | undefined;
		getCredentials(id: string): Record<string, string | undefined> | undefined;
	};
	settings: { contextStorage?: unknown };
	httpAdmin: { post(path: string, ...handlers: AdminHandler[]): void };
	auth: { needsPermission(permission: string): AdminHandler };
	util: {
		evaluateNodeProperty(
			value: string,
			type: string,
			node: FlowNode,
			message: FlowMessage,
			callback: (error: Error | null | undefined, value?: unknown) => void,
		): void;
		getMessageProperty(message: FlowMessage, property: string): unknown;
		setMessageProperty(message: FlowMessage, property: string, value: unknown, createMissing?: boolean): boolean;
		cloneMessage<T>(message: T): T;
		generateId(): string;
	};
}
