import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './lib/language.svelte';
import './styles/tokens.css';
import './styles/base.css';

// No `await` up here: a catalogue imports from this file's chunk and would wait for it for ever.
void language.apply().then(() => mount(App, { target: document.getElementById('app')! }));
