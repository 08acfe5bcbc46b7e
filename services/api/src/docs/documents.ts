import { apiDocument } from '../openapi/document.js';
import { docsPage } from './page.js';

/** The API's description, for programs and for people. */
export function documents(version: string): { readonly json: string; readonly page: string } {
  const document = apiDocument(version);
  return { json: JSON.stringify(document), page: docsPage(document) };
}
