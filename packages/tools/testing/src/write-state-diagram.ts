import { documentDiagram } from './documented-diagram.js';

documentDiagram();
