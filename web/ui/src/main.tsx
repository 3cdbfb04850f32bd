import { render } from 'preact';
import { deskApi } from './api/desk';
import { Desk } from './app/desk';
import { Drafting } from './app/drafting';
import { Keys } from './app/keys';
import { giveSigns } from './app/signs';
import { Chime } from './sound/chime';
import './style/tokens.css';
import './style/base.css';
import './style/kit.css';
import './style/login.css';
import './style/frame.css';
import './style/call.css';
import './style/dial.css';
import './style/customer.css';
import './style/notes.css';
import './style/alarms.css';
import './style/operators.css';
import './style/line.css';
import './style/recordings.css';
import './style/supervisor.css';
import { App } from './ui/App';

const audio = document.createElement('audio');
audio.autoplay = true;
audio.id = 'remote-audio';
document.body.append(audio);

const desk = new Desk(deskApi, audio);
const drafting = new Drafting(desk);
const keys = new Keys(desk, drafting);
giveSigns(desk, new Chime());

const root = document.getElementById('desk');
if (root) render(<App room={{ desk, drafting, keys }} />, root);
void desk.start();
