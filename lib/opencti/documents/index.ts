export * from './document';
export * from './session';
export * from './references';
export * from './containers';
export * from './files';
