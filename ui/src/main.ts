import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/list.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './client';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { client: connect() } });
